#include <array>
#include <cstdio>
#include <exception>
#include <limits>
#include <string>
#include <vector>

#include <c10/util/Exception.h>
#include <fmt/format.h>
#include <malloc.h>
#include <sys/resource.h>

#include "dist/mpi_session.hpp"
#include "io/file/setting.hpp"
#include "io/file/utf8.hpp"
#include "launch/last_words.hpp"
#include "launch/signal_thread.hpp"
#include "launch/standard_output.hpp"
#include "launch/subcommands.hpp"
#include "launch/terminal.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

constexpr std::array commands{
    Subcommand{"prepare", prepare, "creates a clip store from a corpus or from synthetic signs"},
    Subcommand{"extract", extract, "extracts landmarks from videos into a clip store"},
    Subcommand{"pretrain", pretrain, "trains an encoder without labels; the same command resumes it"},
    Subcommand{"evaluate", evaluate,
               "measures the accuracy of a trained encoder, compared with its controls"},
    Subcommand{"embed", embed, "writes the frozen features of clips into one file, for other tools"},
    Subcommand{"export", export_encoder, "writes a trained encoder for PyTorch and C++"},
    Subcommand{"boundary", boundary, "finds how many first and last frames of signs carry no information"},
    Subcommand{"study", study, "runs whole tables of experiments from one file, and reports them"},
    Subcommand{"inspect", inspect,
               "checks clip stores or checkpoints, describes their contents and warns of problems"},
    Subcommand{"repack", repack, "rewrites clip stores in another layout, or with fewer points"},
    Subcommand{"merge", merge, "merges clip stores into one"},
    Subcommand{"split", split,
               "adds named splits to a clip store: by signer, fractions, folds, the largest classes"},
    Subcommand{"bench", bench, "measures the speed of training steps on this machine"},
    Subcommand{"doctor", doctor, "checks this build and machine, and says how to fix what is wrong"},
};

constexpr const char* program_usage =
    "usage: [mpirun -n N] sslslr COMMAND [OPTIONS]\n"
    "       sslslr COMMAND --help          (the most common options)\n"
    "       sslslr COMMAND --help-all      (every option)\n"
    "       sslslr --version\n\n";

int run(std::vector<std::string> arguments, const Ranks& ranks) {
    if (!arguments.empty() && arguments.front() == "help") {
        arguments.front() = "--help";
    }
    const bool asks_version = !arguments.empty() && arguments.front() == "--version";
    const int code =
        asks_version ? version(ranks) : run_subcommand({"", program_usage, commands}, arguments, ranks);
    agree(ranks.world, [&] { check_standard_output(code); });
    return code;
}

/// Returns the message for the user, with settings written as options, and without the stack trace of
/// LibTorch's errors.
std::string text_of(const std::exception& error) {
    const auto* const libtorch = dynamic_cast<const c10::Error*>(&error);
    return io::printable(
        io::as_options(libtorch != nullptr ? libtorch->what_without_backtrace() : error.what()));
}

int guarded(const std::vector<std::string>& arguments, const Ranks& ranks) {
    try {
        return run(arguments, ranks);
    } catch (const std::exception& error) {
        const int code = exit_code_of(error);
        if (is_agreed(error)) {  // print once, and end without an abort
            if (ranks.is_first()) {
                fmt::print(stderr, "sslslr: {}\n", text_of(error));
            }
            return code;
        }
        fmt::print(stderr, "sslslr: {}: {}\n", who_and_where(ranks.world.rank()), text_of(error));
        std::fflush(stderr);
        dist::abort_job(code);  // the other ranks wait in a collective
    }
}

/// Makes glibc keep the large blocks that a training step frees. By default it would return them to the
/// system, and the next step would fault them in again page by page.
void keep_freed_memory() {
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
}

/// Raises the limit of open files to the maximum that the system allows, because each store of a data set
/// stays open.
void allow_many_files() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

}  // namespace
}  // namespace sslslr

int main(int argc, char** argv) {
    using namespace sslslr;
    receive_signals_apart();
    guard_standard_streams();
    keep_freed_memory();
    allow_many_files();
    try {
        const dist::MpiSession session{argc, argv};
        const auto world = dist::Communicator::world();
        const auto node = world.on_this_node();
        leave_last_words(world.rank());
        return guarded({argv + 1, argv + argc}, {world, node, print_note});
    } catch (const std::exception& error) {  // MPI did not start
        fmt::print(stderr, "sslslr: {}\n", error.what());
        return exit_rank_failed;
    }
}
