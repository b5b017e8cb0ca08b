#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "src/protocol/protocol.hpp"
#include "src/settings/word_json.hpp"
#include "src/study/study_spec.hpp"

namespace sslslr {

/// One way to part a data set: official splits make one, signers left out in turn one each.
struct FoldFacts {
    std::string name;                 ///< "S03"; empty where there is one alone
    std::string how;                  ///< clips were parted
    std::string pretrain_identity;    ///< tells apart which clips pretrain
    std::string evaluation_identity;  ///< tells apart which labelled clips train, validate and test
    std::int64_t pretrain = 0;        ///< clips
    std::int64_t train = 0;
    std::int64_t validation = 0;
    std::vector<std::int64_t> test;          ///< clip numbers
    std::vector<std::int64_t> test_classes;  ///< of those clips
    std::vector<std::string> class_names;
};

/// What planning needs to know of a data set.
struct DataFacts {
    std::string name;
    std::string title;
    std::string published;
    std::string language;
    std::string licence;
    std::string source;
    std::string fingerprint;
    std::int64_t clips = 0;
    std::int64_t signers = 0;
    std::vector<FoldFacts> folds;
};

/// Whose features a protocol reads.
enum class EncoderKind { pretrained, random, none };
constexpr auto words(EncoderKind /*of*/) {
    return std::array{"pretrained", "random", "none"};
}

/// The protocol that settings name.
/// @param settings  of sslslr evaluate, as study files hold them, read before
ProtocolKind protocol_kind(const Settings& settings);

/// A training without labels.
struct PretrainingJob {
    std::string id;
    std::string name;  ///< "asl9 S03, simclr our, run 0"
    std::int64_t data = 0;
    std::int64_t fold = 0;
    std::int64_t run = 0;
    Settings options;  ///< of sslslr pretrain
};

/// A protocol followed from one encoder on the clips of one fold.
struct EvaluationJob {
    std::string id;
    std::string name;
    EncoderKind encoder = EncoderKind::pretrained;
    std::string pretraining;  ///< the job that trains the encoder; empty without one
    std::int64_t data = 0;    ///< that labels come from
    std::int64_t fold = 0;
    std::int64_t run = 0;
    Settings options;  ///< of sslslr pretrain: the encoder's shape
    Settings protocol;
};

/// What a method is compared with.
enum class Control {
    random,     ///< weights
    raw,        ///< neighbours on the skeletons
    supervised  ///< the whole network, from labels
};
constexpr auto words(Control /*of*/) {
    return std::array{"random", "raw", "supervised"};
}

/// A column of a table.
struct PlannedColumn {
    std::string name;
    std::string title;
    std::optional<Control> control;  ///< nothing: a method
    /// Of a control with another encoder than that of the study's own settings: the table's methods that have
    /// it, too.
    std::vector<std::string> methods{};
};

struct PlannedRow {
    std::string title;
    std::string data;
    std::string target;
    std::string augmentation;
};

/// The jobs behind one figure: by run, then by fold. No runs: there is no such figure.
using PlannedCell = std::vector<std::vector<std::string>>;

struct PlannedTable {
    TableSpec spec;
    std::vector<PlannedColumn> columns;
    std::vector<PlannedRow> rows;
    std::vector<std::vector<PlannedCell>> cells;  ///< [rows][columns]
};

/// Features of one data set's test clips by one method, as figure 7 shows them.
struct PlannedPanel {
    std::string data;
    std::string data_title;
    std::string column;  ///< the method
    std::string column_title;
    std::vector<std::string> classes;  ///< coloured
    std::string evaluation;            ///< the job that leaves the features
};

/// Every job of a study, once, however many tables ask for it, and which figure comes from which jobs.
struct ExperimentPlan {
    std::vector<DataFacts> data;
    std::vector<PretrainingJob> pretrainings;
    std::vector<EvaluationJob> evaluations;
    std::vector<PlannedTable> tables;
    std::vector<PlannedPanel> panels;
};

/// What makes two jobs the same: everything that decides their results, as text. The settings are complete
/// ones, as with() merges them.
struct Identities {
    std::function<std::string(const Settings&)> of_pretraining;
    std::function<std::string(const Settings&)> of_preprocessing;  ///< of clips
    std::function<std::string(const Settings&)> of_encoder;        ///< with random weights
    std::function<std::string(const Settings&)>
        of_network;  ///< that is trained with labels from random weights
    std::function<std::string(const Settings&)> of_protocol;
    /// Whether a protocol reads an encoder's features without training it.
    std::function<bool(const Settings&)> is_frozen;
};

/// Plans a study; a pure function of its arguments.
/// @param data  one entry for each of the spec's, in its order
/// @throws ConfigError  a table names what the study does not list
ExperimentPlan plan_experiments(const StudySpec& spec, const std::vector<DataFacts>& data,
                                const Identities& identities);

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FoldFacts, name, how, pretrain_identity, evaluation_identity, pretrain,
                                   train, validation, test, test_classes, class_names)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(DataFacts, name, title, published, language, licence, source, fingerprint,
                                   clips, signers, folds)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PretrainingJob, id, name, data, fold, run, options)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(EvaluationJob, id, name, encoder, pretraining, data, fold, run, options,
                                   protocol)
void to_json(nlohmann::json& json, const PlannedColumn& column);
void from_json(const nlohmann::json& json, PlannedColumn& column);
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlannedRow, title, data, target, augmentation)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(TableSpec, name, title, note, layout, measure, protocol, data, targets,
                                   methods, augmentations)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlannedTable, spec, columns, rows, cells)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(PlannedPanel, data, data_title, column, column_title, classes, evaluation)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(ExperimentPlan, data, pretrainings, evaluations, tables, panels)

}  // namespace sslslr
