package dev.signalbox.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A cable between two programs of this machine that can be slow, swallow everything, or be cut. */
final class Cable implements AutoCloseable {

    private final int to;
    private final ServerSocket server;
    private final List<Link> links = new CopyOnWriteArrayList<>();
    private volatile State state = State.SOUND;

    enum State {
        /** Whatever comes in at one end goes out at the other. */
        SOUND,
        /** The same a third of a second later. */
        SLOW,
        /** Nothing goes through and nobody is told; what was connected then never comes back. */
        SILENT,
        /** Connections are reset and refused. */
        CUT
    }

    /** A cable to that port. */
    Cable(int to) {
        this.to = to;
        try {
            server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    /** Where its near end is. */
    int port() {
        return server.getLocalPort();
    }

    void is(State now) {
        state = now;
        if (now == State.SILENT) {
            links.forEach(link -> link.isDead = true);
        } else if (now == State.CUT) {
            links.forEach(Link::reset);
            links.clear();
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket near = server.accept();
                if (state == State.CUT) {
                    near.setSoLinger(true, 0);
                    near.close();
                    continue;
                }
                var link = new Link(near, new Socket(InetAddress.getLoopbackAddress(), to), state == State.SILENT);
                links.add(link);
                Thread.ofVirtual().start(() -> link.carry(link.near, link.far));
                Thread.ofVirtual().start(() -> link.carry(link.far, link.near));
            } catch (IOException e) {
                return;
            }
        }
    }

    private final class Link {
        private final Socket near;
        private final Socket far;
        private volatile boolean isDead;

        Link(Socket near, Socket far, boolean isDead) throws IOException {
            this.near = near;
            this.far = far;
            this.isDead = isDead;
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
        }

        void carry(Socket from, Socket into) {
            byte[] bytes = new byte[16 * 1024];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = into.getOutputStream();
                for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                    if (state == State.SLOW) {
                        Gateway.pause(Duration.ofMillis(330));
                    }
                    if (!isDead) {
                        out.write(bytes, 0, n);
                    }
                }
            } catch (IOException e) {
                // told below
            }
            // who is at the other end of a dead cable does not hear of it
            if (!isDead) {
                reset();
            }
        }

        void reset() {
            for (Socket end : List.of(near, far)) {
                try {
                    end.setSoLinger(true, 0);
                    end.close();
                } catch (IOException e) {
                    // it is closed
                }
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        links.forEach(Link::reset);
    }
}
