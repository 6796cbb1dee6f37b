package anneal.bench.peer;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** PyTorch in a process of its own, behind the line protocol that bench/peer/torch_peer.py describes. */
public final class TorchPeer implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final long PATIENCE_SECONDS = 10;

    private final Process process;
    private final BufferedWriter requests;
    private final BufferedReader answers;
    private final Path log;
    private Hello hello;

    /**
     * Where the peer is.
     *
     * @param python an interpreter that can import torch
     * @param script torch_peer.py
     */
    public record Location(String python, Path script) {
    }

    /** What it is: versions, threads, instruction set, and the C++ compiler for torch.compile (null for none). */
    public record Hello(String torch, String python, int threads, String capability, String compiler, long pid) {
    }

    /** How the peer computes an item: the fastest way, median seconds of each tried, and why others failed. */
    public record Choice(String variant, Map<String, Double> seconds, Map<String, String> failed) {
    }

    /**
     * Starts it.
     *
     * @param log where its standard error goes
     * @throws IOException in one line, if it cannot be started or has no torch
     */
    public TorchPeer(Location at, int threads, Path log) throws IOException {
        this(at, List.of("--threads", Integer.toString(threads)), Map.of("OMP_NUM_THREADS", Integer.toString(threads),
                "MKL_NUM_THREADS", Integer.toString(threads)), log);
        hello = JSON.convertValue(ask("hello", Map.of()), Hello.class);
    }

    /** Any script with this protocol, with arguments and an environment of its own; nothing is asked yet. */
    public TorchPeer(Location at, List<String> arguments, Map<String, String> environment, Path log)
            throws IOException {
        this.log = log;
        if (!Files.isReadable(at.script)) {
            throw new IOException(at.script + " is missing: run from the project's folder or give --script");
        }
        var command = new ArrayList<>(List.of(at.python, at.script.toString()));
        command.addAll(arguments);
        var builder = new ProcessBuilder(command).redirectError(log.toFile());
        builder.environment().putAll(environment);
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        process = builder.start();
        requests = process.outputWriter();
        answers = process.inputReader();
    }

    /** Ends the process, and with it whatever is being asked, once that time has come. */
    public void endAt(Instant deadline) {
        Thread.ofVirtual().start(() -> {
            try {
                Thread.sleep(Duration.between(Instant.now(), deadline));
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    public Hello hello() {
        return hello;
    }

    /** Builds an item; gives the number of a network's parameters, null for anything else. */
    Long prepare(Map<String, Object> spec, Path inputs) throws IOException {
        var parameters = ask("prepare", Map.of("spec", spec, "inputs", inputs.toString())).path("parameters");
        return parameters.isNumber() ? parameters.longValue() : null;
    }

    /** Computes what is compared, into a file. */
    void results(Path file) throws IOException {
        ask("results", Map.of("file", file.toString()));
    }

    /** Keeps the fastest way to compute the item. */
    Choice choose(double seconds, boolean compile) throws IOException {
        return JSON.convertValue(ask("choose", Map.of("seconds", seconds, "compile", compile)), Choice.class);
    }

    /** Seconds of each of {@code reps} calls. */
    List<Double> run(int reps) throws IOException {
        return JSON.convertValue(ask("run", Map.of("reps", reps)).path("seconds"), new TypeReference<>() { });
    }

    /** The most memory that was resident so far. */
    long peakBytes() throws IOException {
        return ask("memory", Map.of()).path("peakBytes").longValue();
    }

    /** @throws IOException in one line, if the request fails there or the process has gone */
    public JsonNode ask(String what, Map<String, Object> arguments) throws IOException {
        var request = new LinkedHashMap<String, Object>(arguments);
        request.put("do", what);
        String line;
        try {
            send(JSON.writeValueAsString(request));
            line = answers.readLine();
        } catch (IOException e) {
            throw new IOException("the PyTorch process has gone: " + lastWords(), e);
        }
        if (line == null) {
            throw new IOException("the PyTorch process has ended: " + lastWords());
        }
        var answer = JSON.readTree(line);
        if (answer.has("error")) {
            throw new IOException("PyTorch: " + answer.path("error").asText());
        }
        return answer;
    }

    private void send(String line) throws IOException {
        requests.write(line);
        requests.newLine();
        requests.flush();
    }

    private String lastWords() throws IOException {
        return Files.readAllLines(log).stream().filter(l -> !l.isBlank()).reduce((a, b) -> b).orElse("without a word");
    }

    @Override
    public void close() {
        try {
            send("{\"do\": \"quit\"}");
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
