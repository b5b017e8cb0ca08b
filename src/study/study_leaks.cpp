#include "src/study/study_leaks.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

using Clips = std::vector<std::int64_t>;
using Notes = std::vector<std::string>;

/// Clips of one data set by number, and what they show.
struct PrintedClips {
    const StudyDataSets& data;
    std::int64_t number;
    const Clips& clips;

    std::string name_of(std::size_t place) const { return data.data(number).name_of(clips[place]); }
};

/// How many of `clips` show the same as one of `trained`, with an example.
struct Leak {
    std::int64_t clips = 0;
    std::string example;
};

Leak leak_of(const PrintedClips& trained, const io::PrintIndex& index, const PrintedClips& clips) {
    const auto repeated = io::repeated_in(index, clips.data.prints(clips.number, clips.clips));
    return repeated.count == 0 ? Leak{}
                               : Leak{repeated.count, fmt::format("{} = {}", clips.name_of(repeated.first),
                                                                  trained.name_of(repeated.original))};
}

Leak leak_of(const PrintedClips& trained, const PrintedClips& clips) {
    return leak_of(trained, io::PrintIndex{trained.data.prints(trained.number, trained.clips)}, clips);
}

/// @param what  "test clips have the same content as pretraining clips"
void note(const std::string& where, const Clips& clips, const Leak& leak, const std::string& what,
          Notes& notes) {
    if (leak.clips > 0) {
        notes.push_back(
            fmt::format("{}: {} of {} {} (e.g. {}): sslslr merge --drop-duplicates keeps one of each", where,
                        leak.clips, clips.size(), what, leak.example));
    }
}

Clips labelled_of(const EvaluationClips& clips) {
    auto labelled = clips.train;
    labelled.insert(labelled.end(), clips.validation.begin(), clips.validation.end());
    return labelled;
}

void note_leaks_within(const StudyDataSets& data, std::int64_t number, Notes& notes) {
    const auto& facts = data.facts()[static_cast<std::size_t>(number)];
    for (std::size_t fold = 0; fold < facts.folds.size(); ++fold) {
        const auto& clips = data.clips(number, static_cast<std::int64_t>(fold));
        const auto where = fmt::format("[data {}], {}", facts.name, facts.folds[fold].how);
        const auto labelled = labelled_of(clips);
        const PrintedClips test{data, number, clips.test};
        note(where, clips.test, leak_of({data, number, clips.pretrain}, test),
             "test clips have the same content as pretraining clips", notes);
        note(where, clips.test, leak_of({data, number, labelled}, test),
             "test clips have the same content as labelled training clips", notes);
    }
}

void note_leaks_between(const StudyDataSets& data, const PretrainingJob& source, const EvaluationJob& target,
                        Notes& notes) {
    const auto& test = data.clips(target.data, target.fold).test;
    const auto labelled = labelled_of(data.clips(target.data, target.fold));
    const PrintedClips trained{data, source.data, data.clips(source.data, source.fold).pretrain};
    const io::PrintIndex index{data.prints(source.data, trained.clips)};
    const auto tested = leak_of(trained, index, {data, target.data, test});
    const auto learnt = leak_of(trained, index, {data, target.data, labelled});
    const auto facts = [&](std::int64_t number) { return data.facts()[static_cast<std::size_t>(number)]; };
    const auto name = [&](std::int64_t number) { return facts(number).name; };
    // Sections may divide one store in different ways. Clips whose labels train then pretrain on purpose.
    const bool is_same_store = facts(source.data).fingerprint == facts(target.data).fingerprint;
    const auto where =
        fmt::format("transfer from [data {}] to [data {}]", name(source.data), name(target.data));
    if (is_no_transfer(tested.clips, is_same_store ? 0 : learnt.clips,
                       std::ssize(test) + std::ssize(labelled))) {
        throw ConfigError{
            fmt::format("{}: {}: the encoder is pretrained on {} of {} test clips and {} of {} labelled "
                        "training clips, compared by content (e.g. {}): name another target",
                        io::setting("study"), where, tested.clips, test.size(), learnt.clips, labelled.size(),
                        tested.clips > 0 ? tested.example : learnt.example)};
    }
    if (!is_same_store) {
        note(where, labelled, learnt, "labelled training clips have the same content as pretraining clips",
             notes);
    }
}

}  // namespace

Notes leaks_of(const StudyDataSets& data, const ExperimentPlan& plan) {
    Notes notes;
    for (std::int64_t number = 0; number < std::ssize(data.facts()); ++number) {
        note_leaks_within(data, number, notes);
    }
    std::map<std::string, const PretrainingJob*> pretrainings;
    for (const auto& job : plan.pretrainings) {
        pretrainings.emplace(job.id, &job);
    }
    std::set<std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>> known;
    for (const auto& job : plan.evaluations) {
        const auto source = pretrainings.find(job.pretraining);
        if (source == pretrainings.end() || source->second->data == job.data) {
            continue;
        }
        if (known.emplace(source->second->data, source->second->fold, job.data, job.fold).second) {
            note_leaks_between(data, *source->second, job, notes);
        }
    }
    return notes;
}

}  // namespace sslslr
