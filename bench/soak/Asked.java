/**
 * What a vendor is asked for.
 *
 * @param story which
 * @param said the beginning of it, as the gateway shows it; empty when all of it is wanted
 * @param stream whether it is wanted in pieces
 * @param promptTokens words of the request
 */
record Asked(Story story, String said, boolean stream, long promptTokens) {

    /** What a request asks for; null when that is no story. */
    static Asked of(String body) {
        Object request = Json.read(body);
        Story story = null;
        var said = new StringBuilder();
        long tokens = 0;
        for (Object message : Json.list(request, "messages")) {
            String text = content(Json.at(message, "content"));
            tokens += tokens(text);
            if (Json.text(message, "role").equals("assistant")) {
                said.append(text);
            } else if (story == null) {
                story = Story.asked(text);
            }
        }
        boolean stream = Boolean.TRUE.equals(Json.at(request, "stream"));
        return story == null ? null : new Asked(story, said.toString(), stream, tokens);
    }

    private static String content(Object content) {
        if (content instanceof String text) {
            return text;
        }
        var all = new StringBuilder();
        for (Object part : Json.list(content)) {
            all.append(Json.text(part, "text"));
        }
        return all.toString();
    }

    /** How many tokens a text has here: its words. */
    static long tokens(String text) {
        return text.isEmpty() ? 0 : text.split(" ").length;
    }
}
