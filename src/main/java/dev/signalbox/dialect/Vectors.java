package dev.signalbox.dialect;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.signalbox.chat.Dialect.BrokenAnswer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Vectors in JSON, arrays of arrays of numbers, read without a tree since they are long. */
public final class Vectors {

    private static final int USUAL = 1024;

    private Vectors() {}

    /**
     * Those of an array whose beginning was just read; all of it is read.
     *
     * @throws BrokenAnswer when something else is in it
     */
    public static List<float[]> read(JsonParser parser) throws IOException {
        List<float[]> vectors = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                throw new BrokenAnswer("a vector is not an array", null);
            }
            vectors.add(vector(parser));
        }
        return vectors;
    }

    private static float[] vector(JsonParser parser) throws IOException {
        float[] vector = new float[USUAL];
        int length = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (!parser.currentToken().isNumeric()) {
                throw new BrokenAnswer("a vector holds something that is no number", null);
            }
            if (length == vector.length) {
                vector = Arrays.copyOf(vector, 2 * length);
            }
            vector[length++] = parser.getFloatValue();
        }
        return Arrays.copyOf(vector, length);
    }
}
