package dev.signalbox.dialect.responses;

/** Ids of what the gateway itself writes: as OpenAI's look, and known again. */
final class ItemIds {

    /** Stands in every id of an item that no vendor of this language has seen. */
    static final String MARK = "_sbx";

    private ItemIds() {}

    /** The id of a response. */
    static String response(String requestId) {
        return "resp_" + bare(requestId);
    }

    /** The id of an item of it. */
    static String item(String prefix, String requestId, int index) {
        return prefix + MARK + bare(requestId) + index;
    }

    /** Whether the gateway made the item's id. */
    static boolean isOurs(String id) {
        return id.contains(MARK);
    }

    private static String bare(String requestId) {
        return requestId.startsWith("req_") ? requestId.substring(4) : requestId;
    }
}
