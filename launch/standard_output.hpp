#pragma once

namespace sslslr {

/// Makes printing to stdout and stderr succeed wherever it is called: what cannot be written is dropped, and
/// check_standard_output reports it once, at the end. A reader that has gone away ends nothing (SIGPIPE is ignored).
///
/// Call it before anything opens files: a stream that the caller has closed is occupied here, or the next file opened
/// would take its number, and what is printed.
void guard_standard_streams();

/// From here on standard output carries the progress of work whose results are files: losing it is worth a warning.
void output_is_progress();

/// Writes what is still buffered.
/// @param exit_code  the command's so far; where it is not 0, what is lost is worth a warning
/// @throws io::DataError  some of what was printed could not be written, and it was the result
void check_standard_output(int exit_code);

}  // namespace sslslr
