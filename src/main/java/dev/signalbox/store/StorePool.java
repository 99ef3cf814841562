package dev.signalbox.store;

import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Connections to the store that do not outlive it unnoticed. A network that swallows packets closes nothing: on this side, who asked
 * stops waiting, but the connection would stay taken until there are none left; on the other, a transaction would keep its
 * locks, and whoever comes back would wait for himself. So both sides give up on a connection that is silent in the middle of
 * something, and the store is whole again soon after the network is.
 */
@Singleton
public class StorePool implements PgPoolCreator {

    private static final int CONNECT_MILLIS = 3_000;

    /** Longer than anybody waits for an answer but {@link Upkeep}, which tries again. */
    private static final int SILENCE_SECONDS = 35;

    /** Longer than anything is thought over between two statements. */
    private static final String ABANDONED = "set idle_in_transaction_session_timeout = '10s'";

    @Override
    public Pool create(Input input) {
        StoreLine.open();
        List<PgConnectOptions> to = new ArrayList<>(input.pgConnectOptionsList());
        for (PgConnectOptions each : to) {
            each.setConnectTimeout(CONNECT_MILLIS)
                    .setTcpKeepAlive(true)
                    .setIdleTimeout(SILENCE_SECONDS)
                    .setIdleTimeoutUnit(TimeUnit.SECONDS);
        }
        return PgBuilder.pool()
                .using(input.vertx())
                .with(input.poolOptions())
                .connectingTo(new ArrayList<>(to))
                .withConnectHandler(StorePool::begun)
                .build();
    }

    private static void begun(SqlConnection connection) {
        connection.query(ABANDONED).execute().onComplete(_ -> connection.close());
    }
}
