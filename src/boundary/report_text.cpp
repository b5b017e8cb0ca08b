#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "io/file/counted.hpp"
#include "src/boundary/report.hpp"
#include "src/settings/words.hpp"

namespace sslslr {
namespace {

std::string number(const std::optional<std::int64_t>& value) {
    return value ? fmt::format("{}", *value) : "-";
}

std::string frames_text(const std::optional<double>& frames) {
    return frames ? fmt::format("{:.1f}", *frames) : "-";
}

std::string accuracy_text(const std::optional<Interval>& interval) {
    return interval ? interval_text(*interval) : "-";
}

std::string difference_text(const std::optional<Interval>& interval) {
    return interval ? signed_interval_text(*interval) : "-";
}

std::string verdict_text(const SideReport& side, const char* place, const std::optional<std::int64_t>& k) {
    if (!side.verdict) {
        return fmt::format("{}: not answered yet. {}\n", place, side.why);
    }
    const auto verdict = side.verdict->is_supported ? fmt::format("a boundary at {} is supported", number(k))
                         : side.is_decided          ? std::string{"no boundary is supported by this data"}
                                           : fmt::format("not decided yet, most likely {}", number(k));
    return fmt::format("{}: {}{}{}\n", place, verdict, side.why.empty() ? "" : "; ", side.why);
}

std::string curve_text(const SideReport& side, const char* name, double margin) {
    constexpr auto line = "{:>4}  {:>7}  {:<24}  {:<25}  {}\n";
    auto text = '\n' + fmt::format(line, name, "repeats", "accuracy, mean [95 %]", "against none, paired",
                                   fmt::format("P(worse by more than {:g})", margin));
    for (const auto& point : side.curve) {
        text += fmt::format(
            line, point.k, point.accuracies.size(), accuracy_text(point.interval),
            difference_text(point.against_reference),
            point.verdict ? fmt::format("{:.3f}, than {}", point.verdict->worse, point.verdict->than) : "-");
    }
    return text;
}

std::string comparisons_text(const std::vector<Comparison>& rows) {
    constexpr auto line = "{:<42} {:<24} {:<26} {:>5} {:>5}  {}\n";
    auto text = '\n' + fmt::format(line, "", "accuracy, mean [95 %]", "against none, paired", "k1", "k2",
                                   "trainings");
    for (const auto& row : rows) {
        text += fmt::format(line, row.what, accuracy_text(row.interval), difference_text(row.against_none),
                            frames_text(row.k1), frames_text(row.k2), row.trainings);
    }
    for (const auto& row : rows) {
        if (row.near_k1 && row.near_k2) {
            text += fmt::format(
                "{}: within one step of the search's k1 for {:.0f} % of the clips, of its k2 for {:.0f} %\n",
                row.what, 100 * *row.near_k1, 100 * *row.near_k2);
        }
    }
    return text;
}

std::string modes_text(const std::vector<ModeAnswer>& answers) {
    constexpr auto line = "{:<25} {:>5} {:>5}  {}\n";
    auto text = '\n' + fmt::format(line, "mode, same results", "k1", "k2", "trainings");
    for (const auto& answer : answers) {
        text += fmt::format(line, word_of(answer.mode), number(answer.k1), number(answer.k2),
                            answer.trainings ? number(answer.trainings)
                                             : "not known: it takes trainings that this search has not done");
    }
    return text;
}

constexpr std::size_t most_shown = 5;  ///< the report's file lists all of them

/// Lists the clips that lose most at the global pair.
std::string failures_text(const std::vector<ClipRow>& clips) {
    std::vector<ClipRow> failures;
    std::ranges::copy_if(clips, std::back_inserter(failures),
                         [](const ClipRow& clip) { return *clip.loss > 0; });
    std::ranges::stable_sort(failures, std::ranges::greater{}, &ClipRow::loss);
    auto text = io::counted(std::ssize(failures), "clip") + " would do better at another pair";
    for (std::size_t i = 0; i < std::min(most_shown, failures.size()); ++i) {
        const auto& clip = failures[i];
        text += fmt::format("{} clip {} ({}) {:+.2f} at k1 = {}, k2 = {}", i == 0 ? ":" : ";", clip.clip,
                            clip.sign, *clip.loss, clip.pair->k1, clip.pair->k2);
    }
    return text + '\n';
}

std::string clips_text(const BoundaryReport& report) {
    if (!report.signs) {
        return "";
    }
    double loss = 0;
    double inflated = 0;
    double own = 0;
    double undecided = 0;
    for (const auto& clip : *report.clips) {
        loss += *clip.loss;
        inflated += *clip.inflated_loss;
        undecided += clip.prefers_pair ? 0 : 1;
        own += clip.prefers_pair && *clip.pair != ClipBoundary{report.k1.value_or(0), report.k2.value_or(0)}
                   ? 1
                   : 0;
    }
    const auto clips = static_cast<double>(report.clips->size());
    auto text = fmt::format(
        "\n{:.0f} % of the clips do best at another pair of k1 and k2, within a step, {:.0f} % equally well "
        "at "
        "all;\nthe global pair costs {:+.3f} of accuracy on average (chosen and scored on different repeats; "
        "{:+.3f} on the\nsame repeats, which inflates it). By sign:\n",
        100 * own / clips, 100 * undecided / clips, loss / clips, inflated / clips);
    for (std::size_t i = 0; i < std::min(most_shown, report.signs->size()); ++i) {
        const auto& row = (*report.signs)[i];
        text += fmt::format("  {:<20} {:+.3f} ({})\n", row.sign, row.loss,
                            io::counted(static_cast<std::int64_t>(row.clips), "clip"));
    }
    return text + failures_text(*report.clips);
}

/// Returns an answer and, before its details, whether it means anything.
std::string answer_text(const SideReport& side, const std::optional<std::int64_t>& k) {
    return !side.verdict                ? number(k)
           : side.verdict->is_supported ? fmt::format("{} (supported)", *k)
           : side.is_decided            ? fmt::format("{} (not supported)", *k)
                                        : fmt::format("{} (not decided)", *k);
}

}  // namespace

std::string text_of_report(const BoundaryReport& report) {
    const auto& cost = report.cost;
    auto text = fmt::format("k1 = {}, k2 = {} of {} frames ({} search, {} repeats, {} of {})\n",
                            answer_text(report.start, report.k1), answer_text(report.end, report.k2),
                            report.search.frames, word_of(report.search.mode), report.search.repeats,
                            io::counted(static_cast<std::int64_t>(report.validation_clips), "clip"),
                            report.validated_by);
    if (!report.warning.empty()) {
        text += report.warning + '\n';
    }
    return text + verdict_text(report.start, "start", report.k1) +
           verdict_text(report.end, "end", report.k2) + curve_text(report.start, "k1", report.search.margin) +
           curve_text(report.end, "k2", report.search.margin) + comparisons_text(report.comparisons) +
           modes_text(report.other_modes) + clips_text(report) +
           fmt::format(
               "\n{} jobs of at most {}, {:.0f} rank-seconds; {} cancelled as not needed ({:.0f} s)\n",
               cost.jobs, cost.most_jobs, cost.rank_seconds, cost.cancelled_jobs, cost.cancelled_seconds);
}

}  // namespace sslslr
