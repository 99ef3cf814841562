package dev.signalbox.limits;

/** One of the calls that a provider is asked at the same time. */
public interface Place {

    /** At a provider that takes any number of calls. */
    Place FREE = () -> {};

    /** The call is over, however it ended: the next one that waits has the place. Only the first time counts. */
    void leave();
}
