package dev.signalbox.provider.simulator;

import dev.signalbox.chat.ChatEvent;
import dev.signalbox.chat.InvalidRequest;
import dev.signalbox.chat.Part;
import dev.signalbox.chat.Prompt;
import dev.signalbox.chat.Prompt.Given;
import dev.signalbox.chat.Prompt.Setting;
import dev.signalbox.chat.Usage;
import dev.signalbox.tokens.TokenEstimate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Vectors of length one in a direction that a text alone decides: the same text, the same vector, always. */
final class SimulatedVectors {

    private static final int USUAL = 256;
    private static final int MOST = 4_096;
    private static final long PRIME = 0x100000001b3L;
    private static final long BASIS = 0xcbf29ce484222325L;

    private SimulatedVectors() {}

    static List<ChatEvent> answer(String id, String model, Prompt prompt) {
        int dimensions = dimensions(prompt);
        List<ChatEvent> answer = new ArrayList<>();
        answer.add(new ChatEvent.Started(id, model));
        int index = 0;
        for (Prompt.Message message : prompt.messages()) {
            for (Part part : message.parts()) {
                if (part instanceof Part.Text text) {
                    answer.add(new ChatEvent.Embedded(index++, vector(text.text(), dimensions)));
                }
            }
        }
        answer.add(new ChatEvent.Used(new Usage(TokenEstimate.of(prompt), 0, 0, 0, 0)));
        return answer;
    }

    /**
     * How long the vectors are.
     *
     * @throws InvalidRequest when nobody can want that
     */
    static int dimensions(Prompt prompt) {
        Given given = prompt.setting(Setting.DIMENSIONS);
        if (given == null) {
            return USUAL;
        }
        int dimensions = given.value().asInt();
        if (dimensions < 1 || dimensions > MOST) {
            throw new InvalidRequest("'" + given.path() + "' must be from 1 to " + MOST, given.path());
        }
        return dimensions;
    }

    private static float[] vector(String text, int dimensions) {
        var random = new Random(hash(text));
        double[] direction = new double[dimensions];
        double square = 0;
        for (int i = 0; i < dimensions; i++) {
            direction[i] = random.nextGaussian();
            square += direction[i] * direction[i];
        }
        double length = Math.sqrt(square);
        float[] vector = new float[dimensions];
        for (int i = 0; i < dimensions; i++) {
            vector[i] = (float) (direction[i] / length);
        }
        return vector;
    }

    /** FNV-1a, with 64 bits. */
    private static long hash(String text) {
        long hash = BASIS;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * PRIME;
        }
        return hash;
    }
}
