package io.flashsale.http.pages;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * Holds the pages, modules, styles and fonts, read once from the class path. Only loaded files can be requested, so
 * path traversal is impossible. All event loops share it.
 *
 * <p>Assets are served below a folder whose name is a hash of all of them. Browsers may therefore cache them forever,
 * and modules that import each other by relative paths always match.
 */
public final class StaticAssets {
    private static final String FOLDER = "/web";
    private static final String ASSETS = "/assets/";
    private static final int VERSION_BYTES = 6;
    private static final int MIN_GZIP_BYTES = 512;

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "svg", "image/svg+xml",
            "woff2", "font/woff2",
            "txt", "text/plain; charset=utf-8");

    /** The media types that are already compressed. */
    private static final List<String> NOT_GZIPPED = List.of("font/woff2");

    /**
     * Holds a file in the form in which it is sent.
     *
     * @param type the media type
     * @param tag the entity tag, a hash of the content
     * @param bytes the uncompressed content
     * @param gzipped the compressed content, or null if compression would not make it shorter
     */
    record File(String type, String tag, Buffer bytes, Buffer gzipped) {}

    private final String version;
    private final Map<String, File> assets = new HashMap<>();
    private final Map<String, File> pages = new HashMap<>();

    private StaticAssets(Map<String, byte[]> files) {
        MessageDigest all = sha256();
        files.forEach((path, bytes) -> {
            if (path.startsWith(ASSETS)) {
                all.update(path.getBytes(StandardCharsets.UTF_8));
                all.update(bytes);
                assets.put(path.substring(ASSETS.length()), file(path, bytes));
            }
        });
        version = HexFormat.of().formatHex(all.digest(), 0, VERSION_BYTES);
        files.forEach((path, bytes) -> {
            if (!path.startsWith(ASSETS)) {
                pages.put(path.substring(1), file(path, versioned(bytes)));
            }
        });
    }

    /** Reads all files; blocks, so call it only during startup. */
    public static StaticAssets load() {
        try {
            URL index = StaticAssets.class.getResource(FOLDER + "/index.html");
            if (index == null) {
                throw new IllegalStateException("the web pages are missing from the class path");
            }
            if (!index.getProtocol().equals("jar")) {
                return new StaticAssets(read(Path.of(index.toURI()).getParent()));
            }
            Path jar = Path.of(
                    ((JarURLConnection) index.openConnection()).getJarFileURL().toURI());
            try (FileSystem inside = FileSystems.newFileSystem(jar)) {
                return new StaticAssets(read(inside.getPath(FOLDER)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, byte[]> read(Path folder) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String path = "/" + folder.relativize(file).toString().replace('\\', '/');
                files.put(path, Files.readAllBytes(file));
            }
        }
        return files;
    }

    private byte[] versioned(byte[] page) {
        return new String(page, StandardCharsets.UTF_8)
                .replace("\"" + ASSETS, "\"" + ASSETS + version + "/")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static File file(String path, byte[] bytes) {
        return file(bytes, TYPES.getOrDefault(path.substring(path.lastIndexOf('.') + 1), "text/plain; charset=utf-8"));
    }

    /** Creates a file from bytes in memory. */
    static File file(byte[] bytes, String type) {
        byte[] gzipped = NOT_GZIPPED.contains(type) || bytes.length < MIN_GZIP_BYTES ? null : gzip(bytes);
        boolean shorter = gzipped != null && gzipped.length < bytes.length;
        String tag = HexFormat.of().formatHex(sha256().digest(bytes), 0, VERSION_BYTES);
        return new File(type, tag, Buffer.buffer(bytes), shorter ? Buffer.buffer(gzipped) : null);
    }

    private static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns the current version: a hash of all assets. */
    String version() {
        return version;
    }

    /** Returns a page by its file name; the page must exist. */
    File page(String name) {
        return Optional.ofNullable(pages.get(name))
                .orElseThrow(() -> new IllegalStateException("no such page: " + name));
    }

    /** Finds an asset by its path below the version. */
    Optional<File> asset(String path) {
        return Optional.ofNullable(assets.get(path));
    }
}
