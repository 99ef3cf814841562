package dev.signalbox.limits.money;

import java.util.List;

/**
 * What one attempt can cost at most, set aside in every purse that would have to pay.
 *
 * @param id of the attempt; the same message told twice is one reservation
 * @param owner the replica that makes the attempt
 * @param deadline until when that replica holds it unless it {@linkplain Book#renew renews}, in milliseconds since 1970
 * @param purses who would pay, each with its whole amount
 * @param amount in pico-dollars
 */
public record Reservation(String id, String owner, long deadline, List<Purse> purses, long amount) {

    public Reservation {
        purses = List.copyOf(purses);
        if (amount < 0) {
            throw new IllegalArgumentException("an amount is below zero");
        }
    }
}
