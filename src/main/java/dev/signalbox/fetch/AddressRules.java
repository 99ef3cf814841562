package dev.signalbox.fetch;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Which addresses may be connected to on behalf of a caller: public ones, and networks that the configuration allows beside
 * them. What is not public is what the registries of special addresses say is not.
 *
 * @see <a href="https://www.iana.org/assignments/iana-ipv4-special-registry">IPv4 special-purpose addresses</a>
 * @see <a href="https://www.iana.org/assignments/iana-ipv6-special-registry">IPv6 special-purpose addresses</a>
 */
final class AddressRules {

    private final List<Network> notPublic = networks(
            // this network, private, shared (CGNAT), loopback, link-local with the clouds' metadata, private
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            // protocol assignments, documentation, 6to4 relays, private, benchmarks, documentation
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            // metadata and internal services of one cloud that are in public space
            "168.63.129.16/32",
            // multicast, reserved, broadcast
            "224.0.0.0/4",
            "240.0.0.0/4");

    /** Everything else of IPv6 is unassigned, or not for the public. */
    private final Network publicV6 = Network.parse("2000::/3");

    private final List<Network> notPublicV6 = networks(
            // Teredo, ORCHID and other protocol assignments; documentation; 6to4, which hides IPv4 addresses
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20");

    private final List<Network> allowed;

    /**
     * @param allowed networks that are allowed though they are not public
     */
    AddressRules(List<Network> allowed) {
        this.allowed = List.copyOf(allowed);
    }

    private static List<Network> networks(String... texts) {
        return List.of(texts).stream().map(Network::parse).toList();
    }

    /** Whether that address may be connected to. */
    boolean allow(InetAddress address) {
        byte[] bytes = address.getAddress();
        return isPublic(bytes) || allowed.stream().anyMatch(network -> network.holds(bytes));
    }

    private boolean isPublic(byte[] address) {
        return address.length == 4
                ? notPublic.stream().noneMatch(network -> network.holds(address))
                : publicV6.holds(address) && notPublicV6.stream().noneMatch(network -> network.holds(address));
    }

    /**
     * The addresses that begin alike.
     *
     * @param bits how many bits are alike
     */
    record Network(List<Byte> begin, int bits) {

        /**
         * A network as it is usually written, such as {@code 10.0.0.0/8}; without a length it is the one address.
         *
         * @throws IllegalArgumentException when it is not one
         */
        static Network parse(String text) {
            String trimmed = text.trim();
            int slash = trimmed.indexOf('/');
            String begin = slash < 0 ? trimmed : trimmed.substring(0, slash);
            if (!begin.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
                throw new IllegalArgumentException(text + " is no network such as 10.0.0.0/8");
            }
            try {
                byte[] bytes = InetAddress.getByName(begin).getAddress();
                int bits = slash < 0 ? bytes.length * 8 : Integer.parseInt(trimmed.substring(slash + 1));
                if (bits < 0 || bits > bytes.length * 8) {
                    throw new IllegalArgumentException(text + " has a length that its addresses do not have");
                }
                Byte[] boxed = new Byte[bytes.length];
                for (int i = 0; i < bytes.length; i++) {
                    boxed[i] = bytes[i];
                }
                return new Network(List.of(boxed), bits);
            } catch (UnknownHostException | NumberFormatException e) {
                throw new IllegalArgumentException(text + " is no network such as 10.0.0.0/8", e);
            }
        }

        boolean holds(byte[] address) {
            if (address.length != begin.size()) {
                return false;
            }
            for (int bit = 0; bit < bits; bit++) {
                int mask = 0x80 >>> (bit % 8);
                if (((address[bit / 8] ^ begin.get(bit / 8)) & mask) != 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
