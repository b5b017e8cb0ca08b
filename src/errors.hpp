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

/// What the program's exit code says; scripts rely on the values.
enum ExitCode : int {
    exit_done = 0,
    exit_configuration = 2,  ///< wrong options or configuration
    exit_data = 3,           ///< a file that cannot be read as what it should be
    exit_rank_failed = 4,    ///< a rank failed or hung
    exit_training = 5,       ///< the training itself failed (loss not finite)
    exit_stopped = 75,       ///< stopped on request after a checkpoint: run the same command again
};

/// The user asked for something impossible. Thrown alike on every rank.
struct ConfigError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// @throws ConfigError  with the message, unless it holds
void require(bool holds, const std::string& message);
/// The same of a number: "--NAME VALUE: expected EXPECTED".
void require(bool holds, io::Setting setting, double value, const char* expected);
/// The training cannot go on; agreed by all ranks.
struct TrainingError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The exit code that fits an exception of any layer (exit_rank_failed for those it does not know).
int exit_code_of(const std::exception& error);

/// Whether every rank throws an error of this type alike.
bool is_agreed(const std::exception& error);

/// Runs `body`; the message of a ConfigError that it throws, or that ranks have agreed on, begins with
/// `where`, a place in a file, and shows settings as entries of that.
void place_errors(const std::string& where, const std::function<void()>& body);

/// Runs `body` on every rank and makes its outcome common: if it threw on any rank, all ranks throw the same
/// dist::AgreedError with the message of the lowest such rank. Collective. `body` must hold no collective.
void agree(const dist::Communicator& ranks, const std::function<void()>& body);

}  // namespace sslslr
