package io.flashsale.faults.injection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.flashsale.faults.injection.Schedule.Sale;
import io.flashsale.faults.workload.OperationGenerator;
import io.flashsale.faults.workload.OperationGenerator.Operation;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    private static final List<Fault> ALL = List.of(Fault.values());

    private static List<Sale> sales(long seed) {
        Schedule schedule = new Schedule(seed, ALL, 2);
        return Stream.generate(schedule::next).limit(50).toList();
    }

    private static List<Operation> operations(long seed) {
        OperationGenerator operations = new OperationGenerator(seed, 2, 3);
        return Stream.generate(operations::next).limit(1_000).toList();
    }

    @Test
    void aSeedDeterminesTheFaults() {
        assertEquals(sales(42), sales(42));
        assertNotEquals(sales(42), sales(43));
    }

    @Test
    void aSeedDeterminesTheOperations() {
        assertEquals(operations(42), operations(42));
        assertNotEquals(operations(42), operations(43));
    }

    @Test
    void everyFaultIsDrawnBeforeAnyIsDrawnAgain() {
        List<Fault> played = new ArrayList<>();
        sales(42).forEach(sale -> played.addAll(sale.faults()));
        assertEquals(EnumSet.allOf(Fault.class), EnumSet.copyOf(played.subList(0, ALL.size())));
        assertEquals(EnumSet.allOf(Fault.class), EnumSet.copyOf(played.subList(ALL.size(), 2 * ALL.size())));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 40})
    void isCompleteAsSoonAsEveryFaultWasDrawn(int each) {
        Schedule schedule = new Schedule(42, ALL, each);
        List<Fault> played = new ArrayList<>();
        while (!schedule.isComplete()) {
            played.addAll(schedule.next().faults());
        }
        assertEquals(ALL.size(), played.size());
        assertEquals(EnumSet.allOf(Fault.class), EnumSet.copyOf(played));
    }

    @Test
    void aSaleWithoutFaultsComesFirst() {
        List<Sale> sales = sales(42);
        assertEquals(List.of(Fault.NOTHING), sales.get(0).faults());
        assertTrue(sales.stream()
                .allMatch(sale -> sale.faults().size() == 1 || !sale.faults().contains(Fault.NOTHING)));
    }

    @Test
    void everyKindOfOperationIsGenerated() {
        Set<OperationGenerator.Kind> kinds = new HashSet<>();
        operations(42).forEach(operation -> kinds.add(operation.kind()));
        assertEquals(EnumSet.allOf(OperationGenerator.Kind.class), kinds);
    }
}
