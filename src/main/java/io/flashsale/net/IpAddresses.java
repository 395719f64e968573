package io.flashsale.net;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/** Parses IP addresses to bytes, and never queries a name server. */
public final class IpAddresses {
    private static final int IPV4_BYTES = 4;
    private static final int NETWORK_BYTES = 8;

    private IpAddresses() {}

    /** Parses an address with or without brackets and port. Converts an IPv4-mapped IPv6 address to IPv4. */
    public static Optional<byte[]> parse(String text) {
        String address = withoutPort(text.trim());
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
        if (bytes == null) {
            return Optional.empty();
        }
        try {
            // InetAddress converts ::ffff:a.b.c.d to IPv4. From bytes it does not query a name server.
            return Optional.of(InetAddress.getByAddress(bytes).getAddress());
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static String withoutPort(String text) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            return end < 0 ? text : text.substring(1, end);
        }
        int colon = text.indexOf(':');
        boolean onlyOne = colon > 0 && colon == text.lastIndexOf(':');
        String host = onlyOne ? text.substring(0, colon) : text;
        int zone = host.indexOf('%');
        return zone < 0 ? host : host.substring(0, zone);
    }

    /**
     * Returns the key under which a client is rate-limited: its IPv4 address, or the /64 network of its IPv6 address.
     */
    public static String rateLimitKey(byte[] address) {
        if (address.length == IPV4_BYTES) {
            return NetUtil.bytesToIpAddress(address);
        }
        byte[] network = Arrays.copyOf(Arrays.copyOf(address, NETWORK_BYTES), address.length);
        return NetUtil.bytesToIpAddress(network) + "/64";
    }
}
