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
 * Marks a test, or a class of tests, that makes these classes log errors, and keeps those off the console, where an
 * error means a real failure. A marked test fails without such an error; in a marked class not every test must provoke
 * one.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(ProvokesErrors.Catcher.class)
public @interface ProvokesErrors {
    /** Returns the classes that log the errors. */
    Class<?>[] value();

    /** Captures the errors before they reach the console. */
    final class Catcher implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
        private final List<Caught> classLevel = new ArrayList<>();
        private final List<Caught> testLevel = new ArrayList<>();

        @Override
        public void beforeAll(ExtensionContext context) {
            start(context, classLevel);
        }

        @Override
        public void afterAll(ExtensionContext context) {
            stop(classLevel);
        }

        @Override
        public void beforeEach(ExtensionContext context) {
            start(context, testLevel);
        }

        @Override
        public void afterEach(ExtensionContext context) {
            List<String> silent = stop(testLevel);
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
                    .filter(each -> each.count.get() == 0)
                    .map(each -> each.logger.getName())
                    .toList();
            caught.clear();
            return silent;
        }
    }

    /** Captures the errors of one logger; everything else is logged as usual. */
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
