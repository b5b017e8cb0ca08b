#include "io/corpus/hdf5_contents.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/corpus/hdf5_facts.hpp"
#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"
#include "io/hdf5/hdf5_storage.hpp"
#include "io/store/store_index.hpp"

namespace sslslr::io {
namespace {

using hdf5::Entry;
using hdf5::EntryKind;
using Names = std::vector<std::string>;

constexpr std::size_t most_names_shown = 4;

std::string joined_names(const Names& names) {
    const auto some = std::span{names}.first(std::min(names.size(), most_names_shown));
    return fmt::format("{}{}", fmt::join(some, ", "), names.size() > most_names_shown ? ", ..." : "");
}

std::string in_group(const std::string& group, const std::string& name) {
    return (group == "/" ? "/" : group + "/") + name;
}

bool is_of_numbers(const hdf5::InputDataset& dataset) {
    const auto kind = H5Tget_class(dataset.type.id());
    return kind == H5T_FLOAT || kind == H5T_INTEGER;
}

std::string content_of(const hdf5::InputDataset& dataset) {
    const auto kind = H5Tget_class(dataset.type.id());
    const auto* const values = kind == H5T_STRING       ? "texts"
                               : kind == H5T_ENUM       ? "values of an enumeration, such as booleans,"
                               : kind == H5T_COMPOUND   ? "compound values"
                               : kind == H5T_VLEN       ? "lists of different lengths"
                               : is_of_numbers(dataset) ? "numbers"
                                                        : "values of another type";
    return dataset.shape.empty() ? fmt::format("a single value, not an array ({})", values)
                                 : fmt::format("{} of shape [{}]", values, fmt::join(dataset.shape, ", "));
}

bool may_be_landmarks(const hdf5::InputDataset& dataset) {
    return is_of_numbers(dataset) && dataset.shape.size() >= 2;
}

/// Orders clips as a walk that enters each group at the position of its name.
bool comes_before(const Hdf5Clip& a, const Hdf5Clip& b) {
    const auto rank = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c); };
    return std::ranges::lexicographical_compare(a.dataset, b.dataset, std::less<>{}, rank, rank);
}

/// The facts and the members of one group.
struct GroupContent {
    std::string path;
    Hdf5Facts facts;
    bool has_facts = false;  ///< among its datasets
    bool has_label = false;  ///< among its datasets
    Names arrays{};          ///< names of datasets that may be landmarks
    Names others{};          ///< names of other datasets
    Names groups{};          ///< paths
};

/// Searches a file for clips.
class Search {
public:
    /// @param root  group to which the names of clips are relative
    Search(const hdf5::InputFile& file, const RenewLimits& renew, std::string root)
        : file_{file}, renew_{renew}, root_{std::move(root)} {}

    Hdf5Contents run() {
        visit(root_, {});
        if (links_passed_over_ > 0) {
            found_.notes.push_back(fmt::format(
                "links skipped because their targets are imported under another name: {}, the first {}",
                links_passed_over_, first_link_));
        }
        std::ranges::sort(found_.clips, comes_before);
        return std::move(found_);
    }

private:
    void visit(const std::string& group, Hdf5Facts facts) {
        renew_();
        take_attributes(group, facts);
        const auto entries = file_.entries(group);
        if (std::ranges::find(entries, "block0_values", &Entry::name) != entries.end()) {
            leave_out(
                group,
                "expected arrays of [frames, points, coordinates], found a table of pandas; read it with "
                "pandas.read_hdf and write one array per clip");
            return;
        }
        GroupContent content{.path = group, .facts = std::move(facts)};
        for (const auto& entry : entries) {
            take(entry, content);
        }
        take_arrays(content);
        for (const auto& below : content.groups) {
            visit(below, content.facts);
        }
    }

    void take(const Entry& entry, GroupContent& content) {
        const auto path = in_group(content.path, entry.name);
        if (entry.kind == EntryKind::unreachable) {
            leave_out(path, entry.problem);
        } else if (entry.kind == EntryKind::named_type) {
            found_.notes.push_back(path + " is a named type, which holds no values: skipped");
        } else if (!seen_.insert(entry.identity).second) {
            first_link_ = links_passed_over_++ == 0 ? path : first_link_;
        } else if (entry.kind == EntryKind::group) {
            content.groups.push_back(path);
        } else {
            take_dataset(entry.name, content);
        }
    }

    void take_dataset(const std::string& name, GroupContent& content) {
        const auto path = in_group(content.path, name);
        try {
            const auto dataset = file_.dataset(path);
            if (may_be_landmarks(dataset)) {
                content.arrays.push_back(name);
                return;
            }
            auto* const fact = content.facts.of(name);
            const auto value = fact == nullptr ? std::nullopt : file_.plain_dataset(path);
            if (value) {
                *fact = *value;
                content.has_facts = true;
                content.has_label = content.has_label || fact == &content.facts.label;
            } else {
                content.others.push_back(name);
            }
        } catch (const DataError& error) {
            leave_out(path, error);
        }
    }

    /// Adds the datasets of a group as one clip or several.
    void take_arrays(const GroupContent& content) {
        if (const auto landmarks = landmarks_among(content.arrays, content.has_facts)) {
            add(content.path, in_group(content.path, *landmarks), content.facts);
            pass_over_beside(*landmarks, content);
            return;
        }
        if (has_parts(content.arrays) || (content.has_label && content.arrays.size() > 1)) {
            leave_out(content.path,
                      fmt::format("expected one array of landmarks per clip, found {}; join them into one of "
                                  "[frames, points, coordinates] and name it landmarks",
                                  joined_names(content.arrays)));
            return;
        }
        for (const auto& name : content.arrays) {
            const auto path = in_group(content.path, name);
            add(path, path, content.facts);
        }
        for (const auto& name : content.others) {
            leave_out_other(in_group(content.path, name), Hdf5Facts{}.of(name) != nullptr);
        }
    }

    void pass_over_beside(const std::string& landmarks, const GroupContent& content) {
        auto others = content.others;
        std::ranges::copy_if(content.arrays, std::back_inserter(others),
                             [&](const std::string& name) { return name != landmarks; });
        if (!others.empty() && noted_.insert(joined_names(others)).second) {
            found_.notes.push_back(fmt::format("skipped next to the landmarks of a clip: {}, first in {}",
                                               joined_names(others), content.path));
        }
    }

    /// @param is_fact  whether its name is one of a label, signer or frame rate
    void leave_out_other(const std::string& path, bool is_fact) {
        const auto found = content_of(file_.dataset(path));
        leave_out(path, is_fact
                            ? fmt::format("expected one text or number for one clip, found {}; write one "
                                          "dataset per clip and give it this as an attribute, or save the "
                                          "array of all clips as X.npy and this as y.npy, for {}",
                                          found, setting("from", "npy"))
                            : "expected an array of numbers, [frames, points, coordinates], found " + found);
    }

    void add(const std::string& name_path, const std::string& path, Hdf5Facts facts) {
        renew_();
        try {
            take_attributes(path, facts);
            floats_of(file_, file_.dataset(path));
            try_visibility(path);
        } catch (const DataError& error) {
            leave_out(path, error);
            return;
        }
        auto name = name_path.substr(std::min(root_.size(), name_path.size()));
        name.erase(0, name.starts_with('/') ? 1 : 0);
        found_.clips.push_back({.name = std::move(name),
                                .dataset = path,
                                .label = facts.stated_label(),
                                .signer = facts.signer.value_or(""),
                                .fps = facts.frames_per_second()});
    }

    void take_attributes(const std::string& object, Hdf5Facts& facts) {
        Names unusable;
        for (const auto& [name, value] : file_.attributes(object, &unusable)) {
            // PyTables gives every object an attribute CLASS.
            if (auto* const fact = name == "CLASS" ? nullptr : facts.of(name)) {
                *fact = value;
            }
        }
        for (const auto& name : unusable) {
            if (facts.of(name) != nullptr) {
                found_.notes.push_back(
                    fmt::format("the attribute {} of {} is not one text or number: skipped", name, object));
            }
        }
    }

    /// Also tries the visibility of an OpenHands clip, which is read with the clip later.
    void try_visibility(const std::string& path) const {
        const std::string_view group = keypoints_group;
        const auto name = visibility_group + path.substr(std::min(path.size(), group.size()));
        if (root_ == group && file_.has(name)) {
            floats_of(file_, file_.dataset(name));
        }
    }

    void leave_out(const std::string& path, const std::string& reason) {
        found_.left_out.push_back({.clip = path, .reason = reason});
    }
    void leave_out(const std::string& path, const DataError& error) {
        const std::string text = error.what();
        const auto prefix = file_.path().string() + ": " + path + ": ";
        leave_out(path, text.starts_with(prefix) ? text.substr(prefix.size()) : text);
    }

    const hdf5::InputFile& file_;
    const RenewLimits& renew_;
    std::string root_;
    Hdf5Contents found_;
    std::set<std::string> seen_{};   ///< identities of objects
    std::set<std::string> noted_{};  ///< datasets skipped next to landmarks, already noted
    std::int64_t links_passed_over_ = 0;
    std::string first_link_;
};

}  // namespace

Hdf5Contents contents_of(const hdf5::InputFile& file, const RenewLimits& renew) {
    const auto attributes = file.attributes();
    if (const auto schema = attributes.find("schema");
        schema != attributes.end() && schema->second == store_schema) {
        throw DataError{file.path(),
                        fmt::format("expected landmarks of another program, found a clip store: it needs no "
                                    "import; use it with {}, or join it to others with `sslslr merge`",
                                    setting("data"))};
    }
    if (const auto problem = problem_of_bare_store(file, attributes); !problem.empty()) {
        throw DataError{file.path(), problem};
    }
    return Search{file, renew, file.has_group(keypoints_group) ? keypoints_group : "/"}.run();
}

std::vector<float> floats_of(const hdf5::InputFile& file, const hdf5::InputDataset& dataset) {
    if (!is_of_numbers(dataset)) {
        throw DataError{file.path(),
                        dataset.name + ": expected an array of numbers, found " + content_of(dataset)};
    }
    if (const auto problem = hdf5::problem_of_gaps(dataset.handle); !problem.empty()) {
        throw DataError{file.path(), dataset.name + ": " + problem};
    }
    std::vector<float> values(dataset.values);
    file.read(dataset, H5T_NATIVE_FLOAT, values.data());
    return values;
}

}  // namespace sslslr::io
