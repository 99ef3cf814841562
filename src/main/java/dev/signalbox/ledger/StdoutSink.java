package dev.signalbox.ledger;

import jakarta.enterprise.context.ApplicationScoped;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Prints each row as a line of JSON, for disks that vanish. */
@ApplicationScoped
class StdoutSink implements LedgerSink {

    private final boolean isActive;
    private final OutputStream out = new FileOutputStream(FileDescriptor.out);

    StdoutSink(LedgerConfig config) {
        isActive = config.sink() == LedgerConfig.Sink.STDOUT;
    }

    @Override
    public String name() {
        return "stdout";
    }

    @Override
    public boolean isActive() {
        return isActive;
    }

    @Override
    public void write(Rows rows) throws IOException {
        int length = 0;
        for (byte[] line : rows.lines()) {
            length += line.length + 1;
        }
        byte[] lines = new byte[length];
        int at = 0;
        for (byte[] line : rows.lines()) {
            System.arraycopy(line, 0, lines, at, line.length);
            at += line.length;
            lines[at++] = '\n';
        }
        out.write(lines);
    }
}
