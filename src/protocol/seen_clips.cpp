#include "src/protocol/seen_clips.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"
#include "src/data/clip_selection.hpp"
#include "src/errors.hpp"
#include "src/run/pretraining.hpp"

namespace sslslr {
namespace {

using Clips = std::vector<std::int64_t>;

/// Returns the clips of a data set, or of one derived from it, that a run was trained on.
Clips training_clips_in(const io::ClipIndex& index, const PretrainOptions& run) {
    auto selection = selection_of(run);
    selection.stores_may_lack_split = true;
    return select_clips(index, selection);
}

/// Returns the record that the run wrote; nothing, with the reason, if it cannot be read.
std::optional<io::TrainingClips> recorded(const std::string& run, std::string& reason) {
    const auto path = std::filesystem::path{run} / io::training_clips_file;
    std::error_code error;
    if (!std::filesystem::exists(path, error) && !error) {
        reason = fmt::format("{} has no {}", run, io::training_clips_file);
        return std::nullopt;
    }
    try {
        return io::read_training_clips(path);
    } catch (const io::DataError& problem) {
        reason = problem.what();
        return std::nullopt;
    }
}

/// Returns the clips that a run without a record was trained on, from its stores. Notes if these have
/// changed.
io::TrainingClips clips_of_stores(const PretrainOptions& run, const std::string& fingerprint,
                                  std::vector<std::string>& notes) {
    const auto store = io::ClipStore::open(run.data);
    const auto numbers = training_clips_in(store.index(), run);
    const auto now = store.fingerprint_text();
    if (now != fingerprint) {
        notes.push_back(fmt::format(
            "{}: its training data, {}, have changed since: test clips are compared with the present ones",
            run.run, fmt::join(run.data, ", ")));
    }
    return {.data = now, .numbers = numbers, .prints = io::prints_of(store, numbers)};
}

/// Returns a run's training clips; nothing, with a note, if they are not known.
std::optional<io::TrainingClips> training_clips_of(const PretrainOptions& run, const std::string& fingerprint,
                                                   const DataSet& evaluated,
                                                   std::vector<std::string>& notes) {
    std::string reason;
    if (auto clips = recorded(run.run, reason)) {
        return clips;
    }
    try {
        return clips_of_stores(run, fingerprint, notes);
    } catch (const io::DataError& error) {
        if (fingerprint == evaluated.fingerprint()) {  // the same data elsewhere: the numbers suffice
            const auto numbers = training_clips_in(evaluated.index(), run);
            return io::TrainingClips{fingerprint, numbers, std::vector<io::ClipPrint>(numbers.size())};
        }
        reason += fmt::format("; its stores cannot be read: {}", error.what());
    } catch (const ConfigError& error) {
        reason += fmt::format("; its stores do not say more: {}", error.what());
    }
    notes.push_back(
        fmt::format("{}: its training clips are not known ({}): whether test clips took part in the "
                    "pretraining cannot be checked, and the results hold only if none did",
                    run.run, reason));
    return std::nullopt;
}

/// The clips of an evaluation with their fingerprints, on the first rank.
class EvaluatedClips {
public:
    EvaluatedClips(const EvaluationSetting& setting, const Clips& used,
                   const std::vector<io::ClipPrint>& prints)
        : setting_{setting} {
        for (std::size_t i = 0; i < used.size(); ++i) {
            prints_.emplace(used[i], prints[i]);
        }
    }

    const io::ClipPrint& print(std::int64_t clip) const { return prints_.at(clip); }

    std::vector<io::ClipPrint> prints(const Clips& clips) const {
        std::vector<io::ClipPrint> prints;
        std::ranges::transform(clips, std::back_inserter(prints), [&](auto clip) { return print(clip); });
        return prints;
    }

    std::string name(std::int64_t clip) const { return setting_.data.name_of(clip); }

    Clips labelled() const {
        Clips both;
        std::ranges::set_union(sorted(setting_.clips.train), sorted(setting_.clips.validation),
                               std::back_inserter(both));
        return both;
    }

    static Clips sorted(Clips clips) {
        std::ranges::sort(clips);
        return clips;
    }

private:
    const EvaluationSetting& setting_;
    std::map<std::int64_t, io::ClipPrint> prints_;
};

/// Finds clips of an evaluation among those of a training.
class SeenByRun {
public:
    SeenByRun(const io::TrainingClips& trained, const std::string& data)
        : is_own_data_{trained.data == data},
          numbers_{trained.numbers.begin(), trained.numbers.end()},
          trained_{trained},
          index_{trained.prints} {}

    /// Returns the number of the training clip that is the same; -1 if there is none.
    std::int64_t find(std::int64_t clip, const io::ClipPrint& print) const {
        if (is_own_data_ && numbers_.contains(clip)) {
            return clip;
        }
        const auto found = index_.find(print);
        return found < 0 ? -1 : trained_.numbers[static_cast<std::size_t>(found)];
    }

private:
    bool is_own_data_;
    std::unordered_set<std::int64_t> numbers_;
    const io::TrainingClips& trained_;
    io::PrintIndex index_;
};

/// Returns which of the clips any run was trained on: clip -> number of the training clip.
std::map<std::int64_t, std::int64_t> seen_among(const Clips& clips, const EvaluatedClips& evaluated,
                                                const std::vector<SeenByRun>& runs) {
    std::map<std::int64_t, std::int64_t> seen;
    for (const auto clip : clips) {
        for (const auto& run : runs) {
            if (const auto found = run.find(clip, evaluated.print(clip)); found >= 0) {
                seen.emplace(clip, found);
                break;
            }
        }
    }
    return seen;
}

/// Returns an example such as "m12 of new.h5 is clip 12 of its training data".
std::string example_of(const std::map<std::int64_t, std::int64_t>& seen, const EvaluatedClips& evaluated) {
    return fmt::format("{} is clip {} of its training data", evaluated.name(seen.begin()->first),
                       seen.begin()->second);
}

/// Refuses a transfer to clips that the encoder has seen; clips whose labels train count, too.
void refuse_seen_transfer(const std::map<std::int64_t, std::int64_t>& test,
                          const std::map<std::int64_t, std::int64_t>& labelled, std::size_t all,
                          const EvaluatedClips& evaluated) {
    const auto seen = test.size() + labelled.size();
    if (is_no_transfer(std::ssize(test), std::ssize(labelled), static_cast<std::int64_t>(all))) {
        throw ConfigError{fmt::format(
            "{}: the run was trained on {} of the {} clips of {}, {} of them test clips, compared by content "
            "(e.g. {}); name another data set, or {}",
            io::setting("protocol", "transfer"), seen, all, io::setting("data"), test.size(),
            example_of(test.empty() ? labelled : test, evaluated), io::setting("protocol", "linear"))};
    }
}

void note_seen(const std::map<std::int64_t, std::int64_t>& seen, std::size_t tests, bool with_labels,
               const EvaluatedClips& evaluated, std::vector<std::string>& notes) {
    if (!seen.empty()) {
        notes.push_back(fmt::format(
            "{} of {} test clips took part in the {} (e.g. {}): pretrain with {} or {}, or test on other "
            "clips",
            seen.size(), tests,
            with_labels ? "training, with their labels" : "pretraining, though without labels",
            example_of(seen, evaluated), io::setting("train-split"), io::setting("leave-out-signer")));
    }
}

/// Notes test clips that show the same as clips whose labels train. @return how many
std::int64_t note_repeated(const Clips& test, const EvaluatedClips& evaluated,
                           std::vector<std::string>& notes) {
    const auto labelled = evaluated.labelled();
    const auto repeated = io::repeated_in(io::PrintIndex{evaluated.prints(labelled)}, evaluated.prints(test));
    if (repeated.count > 0) {
        notes.push_back(
            fmt::format("{} of {} test clips have the same content as labelled training clips (e.g. {} = "
                        "{}), so they are not a fair test; sslslr merge --drop-duplicates keeps one of each",
                        repeated.count, test.size(), evaluated.name(test[repeated.first]),
                        evaluated.name(labelled[repeated.original])));
    }
    return repeated.count;
}

/// Notes clips that show nothing, which can be classified only by chance.
void note_undetected(const char* what, const Clips& clips, const EvaluatedClips& evaluated,
                     std::vector<std::string>& notes) {
    const auto undetected =
        std::ranges::count_if(clips, [&](auto clip) { return !evaluated.print(clip).is_detected; });
    if (undetected > 0) {
        notes.push_back(
            fmt::format("{} of {} {} clips: nothing is detected in any of their frames, so they say "
                        "nothing about the encoder (sslslr inspect names them): evaluate without them",
                        undetected, clips.size(), what));
    }
}

SeenClips compared(const std::vector<PretrainOptions>& runs, const std::vector<io::TrainingClips>& trained,
                   const EvaluatedClips& evaluated, const EvaluationSetting& setting) {
    const auto& test = setting.clips.test;
    const auto labelled = evaluated.labelled();
    std::vector<SeenByRun> by_run;
    for (const auto& clips : trained) {
        by_run.emplace_back(clips, setting.data.fingerprint());
    }
    SeenClips seen;
    const auto tested = seen_among(test, evaluated, by_run);
    if (setting.options.protocol.kind == ProtocolKind::transfer) {
        const auto of_labelled = seen_among(labelled, evaluated, by_run);
        refuse_seen_transfer(tested, of_labelled, test.size() + labelled.size(), evaluated);
        if (!of_labelled.empty()) {
            seen.notes.push_back(
                fmt::format("{} of {} labelled training clips took part in the pretraining (e.g. {}), so "
                            "this transfer is not only to new clips",
                            of_labelled.size(), labelled.size(), example_of(of_labelled, evaluated)));
        }
    }
    if (trained.size() == runs.size()) {
        seen.test = std::ssize(tested);
    }
    note_seen(tested, test.size(), runs.front().method.kind->needs_labels, evaluated, seen.notes);
    const auto unclear =
        std::ranges::count_if(test, [&](auto clip) { return !evaluated.print(clip).is_recognisable(); });
    if (unclear > 0) {
        seen.notes.push_back(
            fmt::format("{} of {} test clips move too little or are detected too seldom to be compared by "
                        "content: whether they took part in any training is not known",
                        unclear, test.size()));
    }
    seen.repeated = note_repeated(test, evaluated, seen.notes);
    note_undetected("test", test, evaluated, seen.notes);
    note_undetected("training", labelled, evaluated, seen.notes);
    return seen;
}

}  // namespace

SeenClips seen_clips(const std::vector<PretrainOptions>& runs, const std::vector<std::string>& fingerprints,
                     const EvaluationSetting& setting) {
    Clips used;
    for (const auto* const part : {&setting.clips.train, &setting.clips.validation, &setting.clips.test}) {
        used.insert(used.end(), part->begin(), part->end());
    }
    const auto prints = setting.data.prints(used, setting.ranks);
    SeenClips seen;
    agree(setting.ranks.world, [&] {
        if (!setting.ranks.is_first()) {
            return;
        }
        std::vector<std::string> notes;
        std::vector<io::TrainingClips> trained;
        for (std::size_t i = 0; i < runs.size(); ++i) {
            if (auto clips = training_clips_of(runs[i], fingerprints[i], setting.data, notes)) {
                trained.push_back(*std::move(clips));
            }
        }
        seen = compared(runs, trained, {setting, used, prints}, setting);
        seen.notes.insert(seen.notes.begin(), notes.begin(), notes.end());
    });
    return seen;
}

}  // namespace sslslr
