package dev.signalbox.strategy;

import dev.signalbox.classify.Tasks;
import dev.signalbox.classify.Words;
import java.util.List;

/**
 * What the model {@code auto} stands for: of all models those whose provider is good at the task first, as {@link ByTask} has
 * it; of these, as {@link ByComplexity} has it. The score is that of the strategy that complexity leads to.
 */
final class Auto implements Strategy {

    private final Tasks tasks;
    private final Strategy complexity;

    Auto(Tasks tasks, Strategy complexity) {
        this.tasks = tasks;
        this.complexity = complexity;
    }

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        String task = tasks.of(Words.of(ask.lastUserMessage()));
        Order order = complexity.order(ask, candidates, memory);
        return task == null
                ? order
                : order.after(c -> c.profile().capabilities().contains(task) ? 0 : 1);
    }

    @Override
    public boolean weighsTokens() {
        return true;
    }

    @Override
    public boolean looksAtPrefixes() {
        return true;
    }
}
