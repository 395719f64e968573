package io.flashsale;

import io.flashsale.cli.CheckCommand;
import io.flashsale.cli.ServeCommand;
import java.util.List;

/**
 * Parses the command line and runs the command.
 *
 * <p>Exit codes: 0 if the command ended as expected, including a server that was stopped by a signal; 1 if it could not
 * run, or if the check found a difference; 2 if the command line or the configuration is invalid; 130 and 143 if a
 * signal interrupted a command.
 */
public final class Main {
    private static final int WRONG_USE = 2;
    private static final String USAGE = """
            Usage: java -jar flash-sale.jar [command]

              serve           runs the server (default)
              check [--json]  compares Redis with MongoDB during a running sale and prints one line per product;
                              exits with 1 if a difference persists; "audit" is an alias
              --help          prints this text
              --version       prints the version

            Settings are read from the environment and from the file that FLASHSALE_CONFIG names;
            conf/flash-sale.yaml lists them all. Without REDIS_URI and MONGODB_URI, the server runs
            embedded stores in ./data.
            """;

    private Main() {}

    /** Runs the command. */
    public static void main(String[] arguments) {
        String command = arguments.length == 0 ? "serve" : arguments[0];
        boolean isCheck = command.equals("check") || command.equals("audit");
        boolean asJson =
                isCheck && List.of(arguments).subList(1, arguments.length).equals(List.of("--json"));
        if (arguments.length > 1 && !asJson) {
            System.err.println("too many arguments; see --help");
            System.exit(WRONG_USE);
        }
        switch (command) {
            case "serve" -> ServeCommand.run(System.getenv(), System.out);
            case "check", "audit" -> System.exit(CheckCommand.run(System.getenv(), asJson, System.out));
            case "--help", "-h", "help" -> System.out.print(USAGE);
            case "--version", "version" -> System.out.println("flash-sale " + version());
            default -> {
                System.err.println("unknown command: " + command + "\n\n" + USAGE);
                System.exit(WRONG_USE);
            }
        }
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
