package io.flashsale.support;

import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Keeps the recent log events of the program, for failed tests. */
public final class RecentLog extends AppenderBase<ILoggingEvent> {
    private static final int MAX_EVENTS = 500;
    private static final Deque<String> EVENTS = new ArrayDeque<>();

    private final PatternLayout layout = new PatternLayout();

    @Override
    public void start() {
        layout.setContext(getContext());
        layout.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{0} %msg %kvp%n");
        layout.start();
        super.start();
    }

    @Override
    protected void append(ILoggingEvent event) {
        String text = layout.doLayout(event);
        synchronized (EVENTS) {
            if (EVENTS.size() == MAX_EVENTS) {
                EVENTS.removeFirst();
            }
            EVENTS.addLast(text);
        }
    }

    /** Returns the events since the last call, or only the newest of them, and clears them. */
    static List<String> take() {
        synchronized (EVENTS) {
            List<String> taken = new ArrayList<>(EVENTS);
            EVENTS.clear();
            return taken;
        }
    }
}
