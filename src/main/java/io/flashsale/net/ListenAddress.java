package io.flashsale.net;

import io.netty.util.NetUtil;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Represents an address on which a server listens.
 *
 * @param host an IP address or a host name
 * @param port the port; 0 means any free port
 */
public record ListenAddress(String host, int port) {
    /** The characters of RFC 1123, plus the underscore that container networks allow. */
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?(?:\\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}"
                    + "[A-Za-z0-9_])?)*\\.?");

    /** The end of a name that is an invalid IPv4 address, such as 10.0.0.256 or 3000. */
    private static final Pattern NUMERIC_END = Pattern.compile("(?:.*\\.)?[0-9]+\\.?");

    public static final String HOST_RULE = "host must be an IP address or a host name, such as 0.0.0.0 or ::1";
    public static final String PORT_RULE = "port must be 0 to 65535";

    private static final int MAX_NAME_LENGTH = 253;
    private static final Set<String> WILDCARDS = Set.of("0.0.0.0", "::");

    public static boolean isPort(int port) {
        return port >= 0 && port <= 65_535;
    }

    /** Returns whether the text is an IP address or a syntactically valid host name. Queries no name server. */
    public static boolean isHost(String text) {
        if (NetUtil.createByteArrayFromIpAddressString(text) != null) {
            return true;
        }
        return text.length() <= MAX_NAME_LENGTH
                && NAME.matcher(text).matches()
                && !NUMERIC_END.matcher(text).matches();
    }

    /**
     * Returns whether two servers would conflict on these addresses. Two different host names may still resolve to one
     * address; that conflict only shows when the second server starts.
     */
    public boolean overlaps(ListenAddress other) {
        String own = canonical(host);
        String others = canonical(other.host);
        return port != 0
                && port == other.port
                && (own.equals(others) || WILDCARDS.contains(own) || WILDCARDS.contains(others));
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
