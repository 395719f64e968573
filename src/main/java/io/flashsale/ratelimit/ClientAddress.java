package io.flashsale.ratelimit;

import io.flashsale.net.AddressRange;
import io.flashsale.net.IpAddresses;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Determines the client address of a request.
 *
 * <p>This is the socket's peer, unless that is a trusted proxy. Then it is the right-most entry of {@code
 * X-Forwarded-For} (or {@code Forwarded}, RFC 7239) that is not a trusted proxy itself; the client may have forged the
 * entries to its left. IPv6 clients are identified by their /64 network, because a provider assigns a whole one to
 * each.
 */
public final class ClientAddress {
    private final List<AddressRange> trusted;

    /**
     * Creates a resolver.
     *
     * @param trustedProxies as CIDR, such as {@code 10.0.0.0/8}
     * @throws IllegalArgumentException if one is not in CIDR notation
     */
    public ClientAddress(List<String> trustedProxies) {
        this.trusted = trustedProxies.stream().map(AddressRange::parse).toList();
    }

    /** Returns the address that rate limits apply to. */
    public String of(HttpServerRequest request) {
        SocketAddress peer = request.remoteAddress();
        Optional<byte[]> address =
                peer == null || peer.hostAddress() == null ? Optional.empty() : IpAddresses.parse(peer.hostAddress());
        if (address.isEmpty()) {
            return "unknown";
        }
        byte[] client = address.get();
        if (isTrusted(client)) {
            List<String> hops = hops(request);
            for (int i = hops.size() - 1; i >= 0 && isTrusted(client); i--) {
                Optional<byte[]> hop = IpAddresses.parse(hops.get(i));
                if (hop.isEmpty()) {
                    // A trusted proxy did not identify its client, so its calls count under the proxy's own address.
                    break;
                }
                client = hop.get();
            }
        }
        return IpAddresses.rateLimitKey(client);
    }

    private boolean isTrusted(byte[] address) {
        return trusted.stream().anyMatch(range -> range.contains(address));
    }

    private static List<String> hops(HttpServerRequest request) {
        List<String> hops = new ArrayList<>();
        List<String> forwardedFor = request.headers().getAll("X-Forwarded-For");
        if (!forwardedFor.isEmpty()) {
            forwardedFor.forEach(header -> hops.addAll(List.of(header.split(",", -1))));
            return hops;
        }
        for (String header : request.headers().getAll("Forwarded")) {
            for (String element : header.split(",", -1)) {
                hops.add(forParameter(element));
            }
        }
        return hops;
    }

    private static String forParameter(String element) {
        for (String pair : element.split(";", -1)) {
            String trimmed = pair.trim();
            if (trimmed.regionMatches(true, 0, "for=", 0, 4)) {
                return trimmed.substring(4).replace("\"", "");
            }
        }
        return "";
    }
}
