package io.flashsale.net;

import io.netty.util.NetUtil;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Where a server listens.
 *
 * @param host an IP address or a host name
 * @param port 0 takes a free one
 */
public record ListenAddress(String host, int port) {
    /** The letters of RFC 1123, and the underscore that container networks allow. */
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(?:\\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}"
                    + "[A-Za-z0-9_])?)*\\.?");

    /** A name that ends like this is an IPv4 address that is not valid, such as 10.0.0.256 or 3000. */
    private static final Pattern NUMERIC_END = Pattern.compile("(?:.*\\.)?[0-9]+\\.?");

    public static final String HOST_RULE = "host must be an IP address or a host name, such as 0.0.0.0 or ::1";
    public static final String PORT_RULE = "port must be 0 to 65535";

    private static final int MAX_NAME = 253;
    private static final Set<String> EVERYWHERE = Set.of("0.0.0.0", "::");

    public static boolean isPort(int port) {
        return port >= 0 && port <= 65_535;
    }

    /** Whether the text is an IP address, or could be the name of a host. Asks no name server. */
    public static boolean isHost(String text) {
        if (NetUtil.createByteArrayFromIpAddressString(text) != null) {
            return true;
        }
        return text.length() <= MAX_NAME
                && NAME.matcher(text).matches()
                && !NUMERIC_END.matcher(text).matches();
    }

    /**
     * Whether two servers cannot both have what they ask for. Two host names that differ may still be one address; that is
     * found out only when the second server starts.
     */
    public boolean overlaps(ListenAddress other) {
        String own = canonical(host);
        String others = canonical(other.host);
        return port != 0
                && port == other.port
                && (own.equals(others) || EVERYWHERE.contains(own) || EVERYWHERE.contains(others));
    }

    private static String canonical(String host) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
        if (address != null) {
            return NetUtil.bytesToIpAddress(address);
        }
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals("localhost") ? "127.0.0.1" : name;
    }
}
