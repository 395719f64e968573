package io.flashsale.ratelimit;

import io.flashsale.net.AddressRange;
import io.flashsale.net.IpAddresses;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whose call it is, by address.
 *
 * <p>The socket's peer, unless that is a trusted proxy: then the right-most entry of {@code X-Forwarded-For} (or
 * {@code Forwarded}, RFC 7239) that is not a trusted proxy itself. What stands further left the client may have written.
 * IPv6 clients count by their /64, which is what a provider hands to one of them.
 */
public final class ClientAddress {
    private final List<AddressRange> trusted;

    /**
     * Makes a resolver.
     *
     * @param trustedProxies as CIDR, such as {@code 10.0.0.0/8}
     * @throws IllegalArgumentException for one that is none
     */
    public ClientAddress(List<String> trustedProxies) {
        this.trusted = trustedProxies.stream().map(AddressRange::parse).toList();
    }

    /** The address that calls are counted by. */
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
                    // Whatever a trusted proxy could not name is at least not nearer than the proxy.
                    break;
                }
                client = hop.get();
            }
        }
        return IpAddresses.countedBy(client);
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
