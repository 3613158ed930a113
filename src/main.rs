//! The `fanfare` command.

fn main() -> std::process::ExitCode {
    fanfare::cli::main()
}
