package io.flashsale.net;

/** Represents a range of IP addresses in CIDR notation (RFC 4632). */
public final class AddressRange {
    private final byte[] network;
    private final int prefix;

    private AddressRange(byte[] network, int prefix) {
        this.network = network;
        this.prefix = prefix;
    }

    /**
     * Parses a range such as {@code 10.0.0.0/8}. A single address is a range of one.
     *
     * @throws IllegalArgumentException if the text is invalid; the message states the rule
     */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        byte[] network = IpAddresses.parse(address)
                .orElseThrow(() -> new IllegalArgumentException("must be CIDR such as 10.0.0.0/8, not " + text));
        int bits = network.length * 8;
        try {
            int prefix = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
            if (prefix < 0 || prefix > bits) {
                throw new IllegalArgumentException("the prefix of " + text + " must be 0 to " + bits);
            }
            return new AddressRange(network, prefix);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("must be CIDR such as 10.0.0.0/8, not " + text, e);
        }
    }

    public boolean contains(byte[] address) {
        if (address.length != network.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit++) {
            int mask = 0x80 >> (bit % 8);
            if ((address[bit / 8] & mask) != (network[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
