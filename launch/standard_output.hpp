#pragma once

namespace sslslr {

/// Makes every write to stdout and stderr succeed. Output that cannot be written is dropped, and
/// check_standard_output() reports it once at the end. A closed pipe does not end the program (SIGPIPE is
/// ignored).
///
/// Must be called before any file is opened: it occupies standard streams that are closed, whose numbers the
/// next file would otherwise get, along with everything printed.
void guard_standard_streams();

/// Declares that standard output now carries only progress, and results are in files: lost output causes a
/// warning instead of an error.
void output_is_progress();

/// Flushes stdout and reports lost output.
/// @param exit_code  the command's exit code so far; if it is not 0, lost output causes only a warning
/// @throws io::DataError  output was lost that was the command's result
void check_standard_output(int exit_code);

}  // namespace sslslr
