package io.flashsale.support;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * A test, or a class of tests, that makes these classes log errors. They are kept off the console, where an error means that
 * something is wrong. A test so marked fails where they do not come; of a class so marked not every test need provoke one.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ProvokesErrors.Catcher.class)
public @interface ProvokesErrors {
    /** The classes that log. */
    Class<?>[] value();

    /** Stands between their loggers and the console. */
    final class Catcher implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
        private final List<Caught> ofTheClass = new ArrayList<>();
        private final List<Caught> ofTheTest = new ArrayList<>();

        @Override
        public void beforeAll(ExtensionContext context) {
            start(context, ofTheClass);
        }

        @Override
        public void afterAll(ExtensionContext context) {
            stop(ofTheClass);
        }

        @Override
        public void beforeEach(ExtensionContext context) {
            start(context, ofTheTest);
        }

        @Override
        public void afterEach(ExtensionContext context) {
            List<String> silent = stop(ofTheTest);
            if (!silent.isEmpty() && context.getExecutionException().isEmpty()) {
                throw new AssertionError("no error was logged by " + silent);
            }
        }

        private static void start(ExtensionContext context, List<Caught> caught) {
            context.getElement()
                    .flatMap(element -> Optional.ofNullable(element.getAnnotation(ProvokesErrors.class)))
                    .ifPresent(annotation ->
                            Arrays.stream(annotation.value()).forEach(type -> caught.add(new Caught(type))));
        }

        private static List<String> stop(List<Caught> caught) {
            caught.forEach(Caught::detach);
            List<String> silent = caught.stream()
                    .filter(one -> one.count.get() == 0)
                    .map(one -> one.logger.getName())
                    .toList();
            caught.clear();
            return silent;
        }
    }

    /** The errors of one logger. Everything else of it goes where it always goes. */
    final class Caught extends AppenderBase<ILoggingEvent> {
        private final Logger logger;
        private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        private final AtomicInteger count = new AtomicInteger();

        private Caught(Class<?> type) {
            logger = (Logger) LoggerFactory.getLogger(type);
            start();
            logger.addAppender(this);
            logger.setAdditive(false);
        }

        @Override
        protected void append(ILoggingEvent event) {
            if (event.getLevel() == Level.ERROR) {
                count.incrementAndGet();
                root.getAppender("recent").doAppend(event);
            } else {
                root.callAppenders(event);
            }
        }

        private void detach() {
            logger.setAdditive(true);
            logger.detachAppender(this);
        }
    }
}
