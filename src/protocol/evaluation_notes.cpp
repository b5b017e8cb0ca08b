#include "src/protocol/evaluation_notes.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/setting.hpp"
#include "src/protocol/labelled_clips.hpp"

namespace sslslr {
namespace {

using Notes = std::vector<std::string>;

constexpr std::int64_t counted_ranks = 5;  // of top-5
constexpr std::size_t most_names = 5;

/// @param references  number of references that each labelled clip gives
void note_neighbours(io::Setting option, std::int64_t neighbours, std::int64_t labelled,
                     std::int64_t references, Notes& notes) {
    if (neighbours > labelled * references) {
        notes.push_back(
            fmt::format("{}: only {} labelled clips train, so all of them vote on every test clip: lower "
                        "it, or train on more clips",
                        io::setting(option, neighbours), labelled));
    }
}

/// Returns the option that sets how many labels are used.
io::Setting option_of_labels(const ProtocolConfig& config) {
    const bool is_curve = config.kind == ProtocolKind::label_curve;
    if (config.labels.count > 0) {
        return is_curve ? io::Setting{"label-counts"} : io::Setting{"label-count"};
    }
    return is_curve ? io::Setting{"label-shares"} : io::Setting{"label-fraction"};
}

/// Notes classes with fewer training clips than are asked for.
void note_count(const EvaluationClips& clips, const ProtocolConfig& config, Notes& notes) {
    const auto count = config.labels.count;
    const auto clips_of = clips.training_clips_of_classes();
    const auto fewer =
        std::ranges::count_if(clips_of, [&](const auto& entry) { return entry.second < count; });
    if (fewer > 0) {
        notes.push_back(fmt::format("{}: {} of {} signs have fewer training clips, so all of theirs are used",
                                    io::setting(option_of_labels(config), count), fewer, clips_of.size()));
    }
}

/// Notes classes whose share is less than half a clip, so that they train on a whole one.
void note_share(const EvaluationClips& clips, const ProtocolConfig& config, std::int64_t labelled,
                Notes& notes) {
    const auto clips_of = clips.training_clips_of_classes();
    const auto rounded_up = std::ranges::count_if(clips_of, [&](const auto& entry) {
        return config.labels.fraction * static_cast<double>(entry.second) < 0.5;
    });
    if (rounded_up > 0) {
        const auto all = std::ssize(clips.train) + std::ssize(clips.validation);
        notes.push_back(fmt::format(
            "{}: for {} of {} signs that is less than half a clip, so they train on one: {} of {} labels are "
            "used, {:.1f} %; raise it, or report the result with that share",
            io::setting(option_of_labels(config), fmt::format("{:g}", config.labels.fraction)), rounded_up,
            clips_of.size(), labelled, all, 100 * static_cast<double>(labelled) / static_cast<double>(all)));
    }
}

/// Notes test clips of signs that no labelled clip shows, which cannot be classified correctly.
void note_untrained(const EvaluationClips& clips, const std::vector<std::int64_t>& labelled, Notes& notes) {
    const auto trained = clips.classes_of(labelled);
    const std::set<std::int64_t> known{trained.begin(), trained.end()};
    std::set<std::int64_t> untrained;
    std::int64_t count = 0;
    for (const auto label : clips.classes_of(clips.test)) {
        if (!known.contains(label)) {
            untrained.insert(label);
            ++count;
        }
    }
    if (count == 0) {
        return;
    }
    std::vector<std::string> names;
    for (const auto label : untrained) {
        if (names.size() < most_names) {
            names.push_back(clips.class_names[static_cast<std::size_t>(label)]);
        }
    }
    notes.push_back(
        fmt::format("{} of {} test clips show {} signs that no training clip shows ({}{}), so they count as "
                    "wrong whatever the encoder: choose splits in which every sign trains, or {}",
                    count, clips.test.size(), untrained.size(), fmt::join(names, ", "),
                    untrained.size() > names.size() ? ", ..." : "", io::setting("classes")));
}

}  // namespace

Notes notes_of(const EvaluationClips& clips, const ProtocolConfig& config, std::uint64_t seed) {
    Notes notes;
    const LabelledClips labelled{clips, config.labels, seed};
    const auto count = std::ssize(labelled.both());
    if (config.kind == ProtocolKind::knn) {
        note_neighbours("neighbours", config.neighbours, count, 1, notes);
    }
    note_neighbours("raw-neighbours", config.raw_neighbours, count, 2, notes);  // as recorded and mirrored
    if (config.labels.count > 0) {
        note_count(clips, config, notes);
    } else {
        note_share(clips, config, count, notes);
    }
    note_untrained(clips, labelled.both(), notes);
    if (clips.classes() <= counted_ranks) {  // signs without clips are possible answers, too
        notes.push_back(
            fmt::format("top-5 of {} signs is always right: read top-1 and macro F1", clips.classes()));
    }
    return notes;
}

Notes notes_of_evaluation(const EvaluationClips& clips, const EvaluateOptions& options, std::uint64_t seed) {
    if (options.protocol.kind == ProtocolKind::measures) {
        return {};
    }
    if (options.protocol.kind != ProtocolKind::label_curve) {
        return notes_of(clips, options.protocol, seed);
    }
    Notes notes;
    for (const auto& amount : points_of_curve(options)) {
        auto config = options.protocol;
        config.labels = amount;
        for (auto& note : notes_of(clips, config, seed)) {
            if (std::ranges::find(notes, note) == notes.end()) {
                notes.push_back(std::move(note));
            }
        }
    }
    return notes;
}

}  // namespace sslslr
