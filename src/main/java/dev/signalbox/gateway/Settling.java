package dev.signalbox.gateway;

import dev.signalbox.chat.PassedOn;
import dev.signalbox.chat.Receipt;
import dev.signalbox.chat.Reply;
import dev.signalbox.chat.SignalboxException;
import dev.signalbox.limits.Admission;
import org.jspecify.annotations.Nullable;

/**
 * A reply whose tokens count for its caller's limits, before the caller is told what is left of them; and whose place is free
 * before the caller has the end, who may ask again at once, be it at another replica.
 */
final class Settling extends PassedOn {

    private final Admission admission;

    Settling(Reply reply, Admission admission) {
        super(reply);
        this.admission = admission;
    }

    @Override
    public void complete(Receipt receipt) {
        settle(receipt);
        admission.leave();
        super.complete(receipt);
    }

    @Override
    public void fail(SignalboxException failure, @Nullable Receipt receipt) {
        if (receipt != null) {
            settle(receipt);
        }
        admission.leave();
        super.fail(failure, receipt);
    }

    private void settle(Receipt receipt) {
        admission.settle(receipt.usage().prompt(), receipt.usage().completion());
    }
}
