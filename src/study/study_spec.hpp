#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace sslslr {

/// Options by name, as an INI file holds them: one entry per option, several for a list.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// Returns the settings of `base`, with those of `over` instead of all that have the same names.
Settings with(Settings base, const Settings& over);

[[noreturn]] void throw_unknown(const char* what, const std::string& name,
                                const std::vector<std::string>& known);

/// A named choice that a study varies.
struct Variant {
    std::string name;   ///< in tables and claims
    std::string title;  ///< in the report
    Settings settings;
};

/// A data set of a study.
struct DataSpec {
    std::string name;
    std::string title;
    std::string published;         ///< its name in the paper's table 6; empty: not in that table
    bool leaves_out_each = false;  ///< each signer tests in turn, the others train
    bool is_optional = false;      ///< left out of the study if its files do not exist
    Settings settings;             ///< options of sslslr pretrain: files and preprocessing
    Settings parts;                ///< which clips train, validate and test
    std::string where{};           ///< place in the study file, for error messages
};

/// How the page arranges a table.
enum class TableLayout {
    grid,
    state_of_the_art  ///< like the paper's table 6
};
constexpr auto words(TableLayout /*of*/) {
    return std::array{"grid", "state-of-the-art"};
}

/// A table of the report: a row for each data set and augmentation, a column for each method.
struct TableSpec {
    std::string name;
    std::string title;
    std::string note;
    TableLayout layout = TableLayout::grid;
    std::string measure = "top1";
    std::string protocol;  ///< name of a protocol; may be empty unless the measure is one of labels
    std::vector<std::string> data;
    std::vector<std::string> targets;  ///< data sets to evaluate on; none: those that pretrained
    std::vector<std::string> methods;
    std::vector<std::string> augmentations;
};

enum class ClaimKind {
    /// each of `better` has a better measure than each of `worse`: columns of a row, or rows of a column by
    /// their augmentation
    better,
    order,  ///< the measure rises from each column of `better` to the next
    equal,  ///< no column of `better` differs from the first by more than `limit`
    above,  ///< the measure of each column of `better` is above `limit`
    below,  ///< the measure of each column of `better` is below `limit`
    /// with the augmentation that validates best on a data set, no column is better by more than `limit` than
    /// with the one augmentation that `better` names
    own_choice,
    /// each of `better` is ahead of each of `worse` by more in the first of two tables than in the second
    interaction,
    untested  ///< not tested, for the reason given in `why`
};
constexpr auto words(ClaimKind /*of*/) {
    return std::array{"better", "order", "equal", "above", "below", "own-choice", "interaction", "untested"};
}

/// A statement about cells of tables, which results support or contradict.
struct ClaimSpec {
    std::string name;
    std::string says;
    ClaimKind kind = ClaimKind::untested;
    std::vector<std::string> tables;
    std::vector<std::string> better;
    std::vector<std::string> worse;
    double limit = 0;
    std::string why;
};

/// Test features in two dimensions, the paper's figure 7: a panel for each data set and method.
struct EmbeddingFigure {
    std::vector<std::string> data;
    std::vector<std::string> methods;
    std::string augmentation;
    std::vector<std::string> classes;  ///< classes that are coloured; none: the first by name
};

/// Strips of skeletons with the ends that are permuted, the paper's figure 2.
struct StripFigure {
    std::string store;  ///< a clip store
    std::vector<std::int64_t> clips;
    std::string k1 = "1/3";  ///< k1 and k2 as options of sslslr pretrain
    std::string k2 = "1/4";
    std::string where{};  ///< place of its clips in the study file, for error messages
};

/// Spread of the outputs over the steps, and the accuracies that result, the paper's figure 8.
struct SpreadFigure {
    std::string trainings;   ///< the table whose columns' trainings are drawn
    std::string accuracies;  ///< the table that holds their accuracies
};

/// A boundary search whose results are drawn, the paper's figures 4, 5 and 6.
struct SearchFigure {
    std::string search;  ///< its folder, with a report
    std::string title;
};

/// What the report draws besides its tables.
struct FigureSpecs {
    std::vector<SearchFigure> searches;
    std::vector<StripFigure> strips;
    std::vector<EmbeddingFigure> embeddings;
    std::vector<SpreadFigure> spreads;
};

/// A whole set of experiments, as a study file lists them.
struct StudySpec {
    std::string title;
    std::int64_t runs = 8;           ///< of every pretraining, each from its own seed
    std::uint64_t seed = 0;          ///< of run 0; run r adds r
    std::int64_t ranks_per_job = 1;  ///< ranks that work on a job together
    Settings pretrain;               ///< options of every pretraining
    std::vector<DataSpec> data;
    std::vector<Variant> methods;
    std::vector<Variant> augmentations;
    std::vector<Variant> protocols;
    std::vector<TableSpec> tables;
    FigureSpecs figures;
    std::vector<ClaimSpec> claims;
};

/// Returns the part of a study that needs only these data sets and tables. A table keeps its rows of these
/// data sets; it is dropped if none is left or if it is not among `tables`. A claim becomes untested if all
/// its tables are dropped, or one of the two of an interaction. If a table is not among `tables`, figures of
/// embeddings show only what the other tables train.
StudySpec narrowed(StudySpec spec, const std::vector<std::string>& data,
                   const std::vector<std::string>& tables);

/// Returns the entry of this name. @throws ConfigError  there is none; names `what` and lists those there are
template <class T>
const T& named(const std::vector<T>& entries, const std::string& name, const char* what) {
    const auto found = std::ranges::find(entries, name, &T::name);
    if (found == entries.end()) {
        std::vector<std::string> names;
        std::ranges::transform(entries, std::back_inserter(names), &T::name);
        throw_unknown(what, name, names);
    }
    return *found;
}

}  // namespace sslslr
