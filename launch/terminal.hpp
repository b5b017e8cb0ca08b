#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "src/train/trainer.hpp"

namespace sslslr {

/// What the first rank says of a training: one line that rewrites itself on a terminal, a plain line about
/// every ten seconds otherwise.
class TrainingProgress {
public:
    /// @param speaks  false: says nothing (the other ranks)
    /// @param first   steps done before this life of the run
    TrainingProgress(bool speaks, std::int64_t first, std::int64_t last);
    ~TrainingProgress();
    TrainingProgress(const TrainingProgress&) = delete;
    TrainingProgress& operator=(const TrainingProgress&) = delete;

    void show(const StepReport& report);

private:
    using Clock = std::chrono::steady_clock;

    bool speaks_;
    bool rewrites_;
    std::int64_t first_;
    std::int64_t last_;
    std::int64_t clips_ = 0;
    std::optional<Spread> spread_;  ///< the newest measured
    Clock::time_point start_ = Clock::now();
    Clock::time_point shown_{};
    bool open_line_ = false;
};

/// What the first rank says of work that is counted: like TrainingProgress.
class CountProgress {
public:
    /// @param what  is counted: "clips"
    CountProgress(bool speaks, std::string what);
    CountProgress(const CountProgress&) = delete;
    CountProgress& operator=(const CountProgress&) = delete;
    ~CountProgress() { end(); }

    void show(std::int64_t done, std::int64_t all);
    /// Ends the line, so that others may print.
    void end();

private:
    using Clock = std::chrono::steady_clock;

    bool speaks_;
    bool rewrites_;
    std::string what_;
    std::int64_t first_ = -1;  ///< done when first shown
    Clock::time_point start_ = Clock::now();
    Clock::time_point shown_{};
    bool open_line_ = false;
};

/// To stderr, a line after the program's name; settings as options.
void print_note(const std::string& text);
/// The same after the word warning.
void print_warning(const std::string& text);

/// Minutes and seconds as "3:07", hours as "1:03:07".
std::string clock_text(double seconds);

}  // namespace sslslr
