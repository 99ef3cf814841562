package dev.signalbox.strategy;

import dev.signalbox.classify.Tasks;
import dev.signalbox.classify.Words;
import java.util.List;

/**
 * {@code task}: those whose {@code capabilities} name the task first, which {@link Tasks} tells from the last user message; of
 * them, the lowest priority number. The score is 1 for who is good at it, and else 0.
 */
final class ByTask implements Strategy {

    private final Tasks tasks;

    ByTask(Tasks tasks) {
        this.tasks = tasks;
    }

    @Override
    public Order order(Ask ask, List<Candidate> candidates, Memory memory) {
        String task = tasks.of(Words.of(ask.lastUserMessage()));
        return Order.highest(
                        candidates,
                        c -> task != null && c.profile().capabilities().contains(task) ? 1 : 0)
                .thenPriority();
    }
}
