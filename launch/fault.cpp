#include "launch/fault.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <limits>
#include <memory>
#include <regex>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <pthread.h>

#include "dist/activity.hpp"
#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

constexpr int writings_that_fail = 2;  // so that the pause and the retry are tested, too

constexpr std::array<std::pair<std::string_view, FaultKind>, 8> kinds{{{"kill", FaultKind::kill},
                                                                       {"freeze", FaultKind::freeze},
                                                                       {"hang", FaultKind::hang},
                                                                       {"crash", FaultKind::crash},
                                                                       {"nan", FaultKind::nan},
                                                                       {"throw", FaultKind::throws},
                                                                       {"enospc", FaultKind::enospc},
                                                                       {"sigterm", FaultKind::sigterm}}};

/// Raises a signal that this thread may block, and returns after it was handled.
void raise_unblocked(int signal) {
    sigset_t signals;
    sigset_t before;
    sigemptyset(&signals);
    sigaddset(&signals, signal);
    pthread_sigmask(SIG_UNBLOCK, &signals, &before);
    std::raise(signal);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

/// Executes the faults of this process. Those of the training (nan, enospc) are not handled here.
void strike(FaultKind kind) {
    switch (kind) {
        case FaultKind::kill:
            std::raise(SIGKILL);
            break;
        case FaultKind::freeze:
            std::raise(SIGSTOP);
            break;
        case FaultKind::hang:
            for (;;) {
                std::this_thread::sleep_for(std::chrono::hours{1});
            }
        case FaultKind::crash:
            std::raise(SIGSEGV);
            break;
        case FaultKind::throws:
            throw std::runtime_error{fmt::format("fault requested by {}", io::setting("fault"))};
        case FaultKind::sigterm:
            raise_unblocked(SIGTERM);
            break;
        case FaultKind::nan:
        case FaultKind::enospc:
            break;
    }
}

/// Sets the encoder's weights to NaN on ranks with `is_struck`. Collective.
void spoil_weights(Trainer& trainer, bool is_struck) {
    trainer.warm_up();  // first, because it copies rank 0's weights to all ranks
    auto state = trainer.state();
    for (auto& [name, tensor] : state.tensors) {
        if (is_struck && name.starts_with("model/encoder.") && tensor.is_floating_point()) {
            tensor.fill_(std::numeric_limits<double>::quiet_NaN());
        }
    }
    trainer.load_state(state);
}

}  // namespace

Fault Fault::parse(const std::string& text, int ranks) {
    static const std::regex pattern{R"((\d{1,6}):(\d{1,12}):([a-z]+))"};
    std::smatch part;
    const bool is_complete = std::regex_match(text, part, pattern);
    const auto kind = std::ranges::find(kinds, is_complete ? part[3].str() : "",
                                        &std::pair<std::string_view, FaultKind>::first);
    if (kind == kinds.end()) {
        throw ConfigError{fmt::format(
            "{}: expected RANK:STEP:KIND, with kind kill, freeze, hang, crash, nan, throw, enospc or sigterm",
            io::setting("fault", text))};
    }
    const Fault fault{std::stoi(part[1]), std::stoll(part[2]), kind->second};
    if (fault.rank >= ranks) {
        throw ConfigError{
            fmt::format("{}: expected a rank from 0 to {}", io::setting("fault", text), ranks - 1)};
    }
    if (fault.kind == FaultKind::enospc && fault.rank != 0) {
        throw ConfigError{fmt::format("{}: only rank 0 writes checkpoints", io::setting("fault", text))};
    }
    return fault;
}

void rehearse(const Fault& fault, Trainer& trainer, int rank, RunHooks& hooks) {
    const auto failures_to_come = std::make_shared<std::atomic<int>>(0);
    hooks.before_step = [=, &trainer](std::int64_t step) {
        if (step != fault.step) {
            return;
        }
        dist::enter_step(step);
        const bool is_struck = rank == fault.rank;
        if (fault.kind == FaultKind::nan) {
            spoil_weights(trainer, is_struck);
        }
        if (!is_struck) {
            return;
        }
        if (fault.kind == FaultKind::enospc) {
            *failures_to_come = writings_that_fail;
        }
        fmt::print(stderr, "sslslr: rank {}: fault before step {}, requested by {}\n", rank, step,
                   io::as_options(io::setting("fault")));
        strike(fault.kind);
    };
    hooks.write_checkpoint = [=](const std::filesystem::path& path, const io::CheckpointFile& content) {
        if (*failures_to_come > 0) {
            --*failures_to_come;
            throw io::DataError{path, fmt::format("cannot write: No space left on device (simulated by {})",
                                                  io::setting("fault"))};
        }
        io::write_checkpoint(path, content);
    };
}

}  // namespace sslslr
