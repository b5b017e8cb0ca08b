#include "src/protocol/evaluation_clips.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/counted.hpp"
#include "io/file/setting.hpp"
#include "src/data/stratified_share.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

using Clips = std::vector<std::int64_t>;

void check(const ClipParts& parts) {
    for (const auto& [name, value] :
         {std::pair{io::Setting{"validation-fraction"}, parts.validation_fraction},
          std::pair{io::Setting{"train-fraction"}, parts.train_fraction}}) {
        if (!(value >= 0 && value < 1)) {
            throw ConfigError{
                fmt::format("{}: expected 0 or more and less than 1", io::setting(name, value))};
        }
    }
    if (parts.test_split.empty() && parts.left_out_signers.empty() && parts.train_fraction == 0) {
        throw ConfigError{fmt::format("nothing to test on: name a {}, a {} or a {}",
                                      io::setting("test-split"), io::setting("leave-out-signer"),
                                      io::setting("train-fraction"))};
    }
    if (!parts.test_split.empty() && parts.train_fraction > 0) {
        throw ConfigError{fmt::format("{} draws the test clips, so it and {} exclude each other",
                                      io::setting("train-fraction"), io::setting("test-split"))};
    }
    if (!parts.validation_split.empty() && parts.validation_split == parts.test_split) {
        throw ConfigError{fmt::format(
            "{} is the test split: nothing may be chosen on test clips; name another split, or a {}",
            io::setting("validation-split", parts.validation_split), io::setting("validation-fraction"))};
    }
}

void refuse_shared(const Clips& clips, const Clips& test, const std::string& what) {
    const auto shared = clips.size() - without(clips, test).size();
    if (shared > 0) {
        throw ConfigError{
            fmt::format("{} shares {} with the test clips, on which nothing may be learnt or chosen: "
                        "name disjoint splits (sslslr inspect lists what they share)",
                        what, io::counted(static_cast<std::int64_t>(shared), "clip"))};
    }
}

/// Divides clips by split, signer or draw, still with all classes.
class Parting {
public:
    Parting(const io::ClipIndex& index, const ClipParts& parts) : index_{index}, parts_{parts} {}

    EvaluationClips all() const {
        EvaluationClips clips;
        clips.labels = index_.labels;
        auto candidates = select(parts_.train_split, {}, parts_.left_out_signers, true);
        clips.pretrain = select(parts_.train_split, {}, parts_.left_out_signers, false);
        choose_test(clips, candidates);
        if (!parts_.train_split.empty() && parts_.train_fraction == 0) {
            refuse_shared(candidates, clips.test, io::setting("train-split", parts_.train_split));
        }
        candidates = without(candidates, clips.test);
        clips.pretrain = without(clips.pretrain, parts_.train_fraction > 0 ? clips.test : of_tested(false));
        choose_validation_clips(clips, candidates);
        refuse_shared(clips.validation, clips.test, io::setting("validation-split", parts_.validation_split));
        clips.train = without(candidates, clips.validation);
        return clips;
    }

private:
    Clips select(const std::string& split, const std::vector<std::string>& signers,
                 std::vector<std::string> left_out, bool labelled) const {
        const auto& excluded = parts_.excluded_signers;
        left_out.insert(left_out.end(), excluded.begin(), excluded.end());
        return select_clips(index_, {.split = split,
                                     .signers = signers,
                                     .left_out_signers = left_out,
                                     .only_labelled = labelled,
                                     .stores_may_lack_split = split != parts_.train_split});
    }

    /// Returns the name of a split, with the stores that lack it.
    std::string split_text(const std::string& split) const {
        const auto lacking = stores_without_split(index_, split);
        return fmt::format("split {}{}", split, lacking.empty() ? "" : " (not in " + lacking + ")");
    }

    void choose_test(EvaluationClips& clips, const Clips& candidates) const {
        if (parts_.train_fraction > 0) {
            clips.test = without(candidates, drawn(candidates, parts_.train_fraction, /*takes_single=*/true));
            clips.how =
                fmt::format("tested on all but {:g} % of each class, drawn", 100 * parts_.train_fraction);
        } else {
            clips.test = of_tested(true);
            clips.how = parts_.test_split.empty()
                            ? fmt::format("tested on signer {}", fmt::join(tested_signers(), ", "))
                            : "tested on " + split_text(parts_.test_split);
        }
    }

    const std::vector<std::string>& tested_signers() const {
        return parts_.test_split.empty() && parts_.test_signers.empty() ? parts_.left_out_signers
                                                                        : parts_.test_signers;
    }

    /// Returns the clips of the split or signers that test. Their clips without a class must not pretrain,
    /// either.
    Clips of_tested(bool labelled) const { return select(parts_.test_split, tested_signers(), {}, labelled); }

    void choose_validation_clips(EvaluationClips& clips, const Clips& candidates) const {
        if (!parts_.validation_split.empty()) {
            clips.validation =
                select(parts_.validation_split, parts_.validation_signers, parts_.left_out_signers, true);
            clips.how += ", validated on " + split_text(parts_.validation_split);
        } else if (!parts_.validation_signers.empty()) {
            const auto of_signers =
                select(parts_.train_split, parts_.validation_signers, parts_.left_out_signers, true);
            if (parts_.test_split.empty() && parts_.train_fraction == 0) {
                refuse_shared(of_signers, clips.test,
                              io::setting("validation-signer",
                                          fmt::format("{}", fmt::join(parts_.validation_signers, " "))));
            }
            clips.validation = without(of_signers, clips.test);
            clips.how += fmt::format(", validated on signer {}", fmt::join(parts_.validation_signers, ", "));
        } else if (parts_.validation_fraction > 0) {
            clips.validation = drawn(candidates, parts_.validation_fraction, /*takes_single=*/false);
            clips.how +=
                fmt::format(", validated on {:g} % of each class, drawn", 100 * parts_.validation_fraction);
        }
    }

    /// Draws a share of each class. Where that is the whole class, its last clip is not drawn, so that both
    /// parts have the class.
    /// @param takes_single  whether the only clip of a class is drawn all the same
    Clips drawn(const Clips& candidates, double fraction, bool takes_single) const {
        const auto label_of = [&](std::int64_t clip) {
            return index_.labels[static_cast<std::size_t>(clip)];
        };
        std::map<std::int64_t, std::int64_t> clips_of;
        for (const auto clip : candidates) {
            ++clips_of[label_of(clip)];
        }
        auto left = clips_of;
        auto share = stratified_share(candidates, index_.labels, fraction, parts_.seed);
        std::erase_if(share, [&](auto clip) {
            const bool is_last = left[label_of(clip)]-- == 1;
            return is_last && !(takes_single && clips_of[label_of(clip)] == 1);
        });
        return share;
    }

    const io::ClipIndex& index_;
    const ClipParts& parts_;
};

/// Returns the labels that become classes.
std::set<std::int64_t> chosen_labels(const io::ClipIndex& index, const EvaluationClips& clips,
                                     std::int64_t classes) {
    std::vector<std::int64_t> labels;
    for (std::size_t label = 0; label < index.label_names.size(); ++label) {
        if (index.label_names[label] != no_sign) {
            labels.push_back(static_cast<std::int64_t>(label));
        }
    }
    if (classes == 0) {
        return {labels.begin(), labels.end()};
    }
    if (classes < 2 || classes > std::ssize(labels)) {
        throw ConfigError{fmt::format("{}: expected 2 to the number of classes, {}",
                                      io::setting("classes", classes), labels.size())};
    }
    std::vector<std::int64_t> count(index.label_names.size(), 0);
    for (const auto* const part : {&clips.train, &clips.validation}) {
        for (const auto clip : *part) {
            ++count[static_cast<std::size_t>(index.labels[static_cast<std::size_t>(clip)])];
        }
    }
    std::ranges::sort(labels, [&](std::int64_t a, std::int64_t b) {
        const auto x = static_cast<std::size_t>(a);
        const auto y = static_cast<std::size_t>(b);
        return count[x] != count[y] ? count[x] > count[y] : index.label_names[x] < index.label_names[y];
    });
    return {labels.begin(), labels.begin() + classes};
}

/// Numbers the chosen classes without gaps and drops clips of other classes.
void keep_classes(const io::ClipIndex& index, std::int64_t classes, EvaluationClips& clips) {
    const auto chosen = chosen_labels(index, clips, classes);
    std::vector<std::int64_t> number(index.label_names.size(), -1);
    for (const auto label : chosen) {
        number[static_cast<std::size_t>(label)] = clips.classes();
        clips.class_names.push_back(index.label_names[static_cast<std::size_t>(label)]);
    }
    for (auto& label : clips.labels) {
        label = label < 0 ? -1 : number[static_cast<std::size_t>(label)];
    }
    const auto has_no_class = [&](std::int64_t clip) {
        return clips.labels[static_cast<std::size_t>(clip)] < 0;
    };
    for (auto* const part : {&clips.train, &clips.validation, &clips.test}) {
        std::erase_if(*part, has_no_class);
    }
    if (classes > 0) {
        std::erase_if(clips.pretrain, has_no_class);
    }
}

}  // namespace

std::int64_t EvaluationClips::shown_classes() const {
    std::set<std::int64_t> shown;
    for (const auto* const part : {&train, &validation, &test}) {
        const auto of_part = classes_of(*part);
        shown.insert(of_part.begin(), of_part.end());
    }
    return std::ssize(shown);
}

EvaluationClips part_clips(const io::ClipIndex& index, const ClipParts& parts) {
    check(parts);
    auto clips = Parting{index, parts}.all();
    keep_classes(index, parts.classes, clips);
    if (clips.classes() < 2) {
        throw ConfigError{
            fmt::format("accuracy needs labels of 2 signs or more, found {}{}: give {} with more of them",
                        clips.classes(), clips.classes() == 1 ? " (" + clips.class_names.front() + ")" : "",
                        io::setting("data"))};
    }
    const bool validates =
        parts.validation_fraction > 0 || !parts.validation_split.empty() || !parts.validation_signers.empty();
    if (validates && clips.validation.empty()) {
        throw ConfigError{fmt::format("{}: no labelled clip is left to validate on", clips.how)};
    }
    if (clips.train.empty() || clips.test.empty()) {
        throw ConfigError{fmt::format("{}: {} labelled clips are left to train on and {} to test on",
                                      clips.how, clips.train.size(), clips.test.size())};
    }
    return clips;
}

}  // namespace sslslr
