package io.flashsale.mail;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Stores mails for reading instead of sending them, in the embedded default only. Bounded, and thread-safe. */
public final class DevMailbox implements Mailer {
    private static final int MAX_ADDRESSES = 20_000;
    private static final int MAX_PER_ADDRESS = 20;

    /**
     * Represents a mail that would have been sent.
     *
     * @param mail the mail
     * @param sentAt when it would have been sent
     */
    public record Sent(Mail mail, Instant sentAt) {}

    private final Clock clock;
    private final Map<String, Deque<Sent>> byAddress = new LinkedHashMap<>();

    /** Creates an empty mailbox. */
    public DevMailbox(Clock clock) {
        this.clock = clock;
    }

    @Override
    public synchronized void send(Mail mail) {
        Deque<Sent> mails = byAddress.computeIfAbsent(mail.to(), address -> new ArrayDeque<>());
        mails.addFirst(new Sent(mail, clock.instant()));
        if (mails.size() > MAX_PER_ADDRESS) {
            mails.removeLast();
        }
        if (byAddress.size() > MAX_ADDRESSES) {
            byAddress.remove(byAddress.keySet().iterator().next());
        }
    }

    /** Returns the mails to an address, newest first. */
    public synchronized List<Sent> sentTo(String address) {
        return List.copyOf(byAddress.getOrDefault(address, new ArrayDeque<>()));
    }
}
