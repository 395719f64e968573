package io.flashsale;

import io.flashsale.cli.CheckCommand;
import io.flashsale.cli.ServeCommand;
import java.util.List;

/**
 * The command line.
 *
 * <p>Exit codes: 0 the command ended as asked, also by a signal to the server; 1 it could not run, or the check found a
 * difference; 2 the command or the configuration is wrong; 130 and 143 a signal cut a command short.
 */
public final class Main {
    private static final int WRONG_USE = 2;
    private static final String USAGE = """
            Usage: java -jar flash-sale.jar [command]

              serve           runs the server; the default
              check [--json]  compares Redis with MongoDB beside a running sale, a line for each product;
                              exit code 1 where a difference lasts; also called audit
              --help          this text
              --version       the version

            Settings come from the environment and from the file that FLASHSALE_CONFIG names; conf/flash-sale.yaml
            lists them all. With neither REDIS_URI nor MONGODB_URI set it runs its own stores under ./data.
            """;

    private Main() {}

    /** Runs the command. */
    public static void main(String[] arguments) {
        String command = arguments.length == 0 ? "serve" : arguments[0];
        boolean isCheck = command.equals("check") || command.equals("audit");
        boolean asJson =
                isCheck && List.of(arguments).subList(1, arguments.length).equals(List.of("--json"));
        if (arguments.length > 1 && !asJson) {
            System.err.println("one command at a time; see --help");
            System.exit(WRONG_USE);
        }
        switch (command) {
            case "serve" -> ServeCommand.run(System.getenv(), System.out);
            case "check", "audit" -> System.exit(CheckCommand.run(System.getenv(), asJson, System.out));
            case "--help", "-h", "help" -> System.out.print(USAGE);
            case "--version", "version" -> System.out.println("flash-sale " + version());
            default -> {
                System.err.println("no such command: " + command + "\n\n" + USAGE);
                System.exit(WRONG_USE);
            }
        }
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "unpackaged" : version;
    }
}
