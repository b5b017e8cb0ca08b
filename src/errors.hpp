#pragma once

#include <functional>
#include <stdexcept>
#include <string>

namespace sslslr::dist {
class Communicator;
}
namespace sslslr::io {
class Setting;
}

namespace sslslr {

/// The program's exit codes. Scripts rely on the values.
enum ExitCode : int {
    exit_done = 0,
    exit_configuration = 2,  ///< wrong options or configuration
    exit_data = 3,           ///< an input file cannot be read, or does not hold what it should
    exit_rank_failed = 4,    ///< a rank failed or hung
    exit_training = 5,       ///< the training itself failed (loss not finite)
    exit_stopped = 75,       ///< stopped on request after a checkpoint: run the same command again
};

/// The user asked for something impossible. Every rank throws the same error.
struct ConfigError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Throws a ConfigError with `message` unless `holds`.
void require(bool holds, const std::string& message);
/// The same for a number. The message reads "--NAME VALUE: expected EXPECTED".
void require(bool holds, io::Setting setting, double value, const char* expected);
/// A training that cannot continue. All ranks agree on it and throw the same error.
struct TrainingError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Returns the exit code for an exception of any layer; exit_rank_failed for an unknown type.
int exit_code_of(const std::exception& error);

/// Whether errors of this type are thrown by all ranks alike.
bool is_agreed(const std::exception& error);

/// Runs `body` and puts `where`, a place in a file, before the message of a ConfigError, or of a
/// configuration or data error that the ranks have agreed on. Settings in the message are written as entries
/// of that file.
void place_errors(const std::string& where, const std::function<void()>& body);

/// Runs `body` on every rank. If it throws on any rank, all ranks throw the same dist::AgreedError with the
/// message of the lowest rank that failed. Collective; `body` itself must not call collectives.
void agree(const dist::Communicator& ranks, const std::function<void()>& body);

}  // namespace sslslr
