#include "launch/commands/search_forecast.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "launch/terminal.hpp"
#include "src/boundary/forecast.hpp"
#include "src/errors.hpp"

namespace sslslr {

void declare(Options& options, ForecastOptions& o) {
    options.add("dry-run", o.is_dry, "plans nothing; prints what a search will take", Decides::nothing);
    options.add("workers", o.workers, "numbers of workers of the forecast", Decides::nothing);
    options.add("workers-per-node", o.workers_per_node, "how many of them a lost node takes along",
                Decides::nothing);
    options.add("seconds-per-job", o.seconds_per_job,
                "duration of a training, s (0: measured). With it a dry run needs no --data: clips then have "
                "as many frames as --frames allows",
                Decides::nothing);
}

void check(const ForecastOptions& fields) {
    if (fields.workers.empty() || std::ranges::any_of(fields.workers, [](auto count) { return count < 1; })) {
        throw ConfigError{"--workers: expected numbers of 1 or more"};
    }
    if (fields.workers_per_node < 1) {
        throw ConfigError{fmt::format("--workers-per-node {}: expected 1 or more", fields.workers_per_node)};
    }
    if (!(fields.seconds_per_job >= 0 && fields.seconds_per_job < 1e8)) {
        throw ConfigError{
            fmt::format("--seconds-per-job {}: expected seconds, 0 to measure them", fields.seconds_per_job)};
    }
}

std::vector<ForecastRow> forecast_rows(const SearchJobs& jobs, const ForecastOptions& options,
                                       double seconds_per_job) {
    constexpr std::uint64_t searches = 5;
    constexpr std::array moments{0.2, 0.4, 0.6, 0.8};
    std::vector<ForecastRow> rows;
    for (const auto workers : options.workers) {
        double seconds = 0;
        double trainings = 0;
        double idle = 0;
        double lost = 0;
        for (std::uint64_t seed = 0; seed < searches; ++seed) {
            const auto accuracy = ordinary_case(jobs.search(), seed);
            AssumedWorkers assumed{.count = workers, .seconds_per_job = seconds_per_job};
            const auto course = forecast(jobs, accuracy, assumed);
            seconds += course.seconds / searches;
            trainings += static_cast<double>(course.trainings) / searches;
            idle += course.idle / searches;
            assumed.lost = options.workers_per_node;
            for (const auto moment : moments) {
                assumed.lost_after = moment * course.seconds;
                lost += (forecast(jobs, accuracy, assumed).seconds - course.seconds) /
                        static_cast<double>(searches * moments.size());
            }
        }
        rows.push_back({.workers = workers,
                        .hours = seconds / 3600,
                        .trainings = std::llround(trainings),
                        .idle = idle,
                        .lost_node_hours = lost / 3600});
    }
    return rows;
}

std::string text_of(const std::vector<ForecastRow>& rows, const SearchConfig& search) {
    auto text =
        fmt::format("{:>9}{:>13}{:>12}{:>8}{:>16}\n", "workers", "time", "trainings", "idle", "a lost node");
    for (const auto& row : rows) {
        text += fmt::format(
            "{:>9}{:>13}{:>12}{:>6.0f} %{:>16}\n", row.workers, clock_text(3600 * row.hours), row.trainings,
            100 * row.idle,
            (row.lost_node_hours < 0 ? "- " : "+ ") + clock_text(3600 * std::abs(row.lost_node_hours)));
    }
    const auto assumed = ordinary_case(search, 0);
    return text + fmt::format(
                      "by simulation, if accuracy falls from k = {} on by {:g} a step and trainings deviate "
                      "by {:g};\n"
                      "the less clear the fall, the more trainings. A lost node is back after {:.0f} s\n",
                      assumed.planted_k1, assumed.slope * static_cast<double>(search.step), assumed.noise,
                      AssumedWorkers{}.lease_seconds);
}

}  // namespace sslslr
