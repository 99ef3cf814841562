package dev.signalbox.it;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.concurrent.TimeUnit;

/** All that a Redis holds, as text. */
final class RedisContents {

    private RedisContents() {}

    /** Of the one that listens there on 127.0.0.1. */
    static String of(int port) {
        Vertx vertx = Vertx.vertx();
        Redis redis = Redis.createClient(vertx, "redis://127.0.0.1:" + port);
        try {
            var all = new StringBuilder();
            for (Response key : ask(redis, Request.cmd(Command.KEYS).arg("*"))) {
                String name = key.toString();
                all.append(name)
                        .append(' ')
                        .append(ask(redis, reading(name, type(redis, name))))
                        .append('\n');
            }
            return all.toString();
        } finally {
            redis.close();
            vertx.close();
        }
    }

    private static String type(Redis redis, String key) {
        return ask(redis, Request.cmd(Command.TYPE).arg(key)).toString();
    }

    private static Request reading(String key, String type) {
        return switch (type) {
            case "string" -> Request.cmd(Command.GET).arg(key);
            case "hash" -> Request.cmd(Command.HGETALL).arg(key);
            case "list" -> Request.cmd(Command.LRANGE).arg(key).arg(0).arg(-1);
            case "set" -> Request.cmd(Command.SMEMBERS).arg(key);
            case "zset" -> Request.cmd(Command.ZRANGE).arg(key).arg(0).arg(-1);
            default -> Request.cmd(Command.TYPE).arg(key);
        };
    }

    private static Response ask(Redis redis, Request request) {
        try {
            return redis.send(request).toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
