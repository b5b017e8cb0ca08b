#include "src/protocol/label_curve.hpp"

#include <fstream>
#include <numeric>

#include <gtest/gtest.h>

#include "io/file/setting.hpp"
#include "src/errors.hpp"
#include "src/protocol/evaluate_options.hpp"

namespace sslslr {
namespace {

/// Scores of four test clips of two classes; `right` says which clips are right.
ProtocolScores right_on(const std::vector<bool>& right) {
    auto scores = torch::zeros({4, 2}, torch::kFloat64);
    for (std::int64_t clip = 0; clip < 4; ++clip) {
        const auto truth = clip % 2;
        scores[clip][right[static_cast<std::size_t>(clip)] ? truth : 1 - truth] = 1;
    }
    return {.test = scores};
}

/// A run whose encoder gets one more clip right at the second point, with a readout other than its control's.
LabelCurve one_run() {
    LabelCurve curve{
        {torch::tensor({0, 1, 0, 1}, torch::kInt64), {"a", "b"}, 100},
        {{.asked = {.count = 5}, .labels = 9, .fewer = 1}, {.asked = {.fraction = 0.25}, .labels = 20}}};
    for (std::size_t point = 0; point < 2; ++point) {
        auto& table = curve.at(point);
        table.add("simclr", "MLP probe", right_on({true, true, point == 1, false}), false);
        table.add("simclr, fine-tuned", "own classifier", right_on({true, true, true, true}), false);
        table.add("supervised from scratch", "own classifier", right_on({true, false, false, false}), true);
    }
    return curve;
}

TEST(LabelCurve, TellsEachPointAndComparesEveryRowWithEveryControl) {
    const auto json = one_run().json();

    ASSERT_EQ(json["points"].size(), 2U);
    EXPECT_EQ(json["points"][0]["clips_a_class"], 5);
    EXPECT_EQ(json["points"][0]["labels"], 9);
    EXPECT_EQ(json["points"][0]["classes_with_fewer"], 1);
    EXPECT_EQ(json["points"][1]["share"], 0.25);
    EXPECT_EQ(json["points"][0]["rows"][0]["top1"]["mean"], 0.5);
    EXPECT_EQ(json["points"][1]["rows"][0]["top1"]["mean"], 0.75);
    const auto& pairs = json["points"][1]["differences"];
    ASSERT_EQ(pairs.size(), 2U) << "the frozen encoder is compared with training from scratch, too";
    EXPECT_EQ(pairs[0]["name"], "simclr");
    EXPECT_EQ(pairs[0]["top1"]["mean"], 0.5);
    EXPECT_EQ(pairs[1]["top1"]["mean"], 0.75);
}

TEST(LabelCurve, OfSeveralRunsIntervalsAreOverThem) {
    auto all = one_run();
    all.append(one_run());

    const auto json = all.json();

    EXPECT_EQ(json["interval"], "95 % Student t over 2 runs");
    EXPECT_EQ(json["points"][0]["rows"][0]["runs"].size(), 2U);
    EXPECT_EQ(json["points"][0]["differences"][0]["top1"]["mean"], 0.25);
    EXPECT_NE(all.text().find("5 clips per class: paired differences"), std::string::npos) << all.text();
}

TEST(LabelCurve, APointSaysWhatItsLabelsCameTo) {
    EvaluationClips clips;
    clips.class_names = {"a", "b"};
    clips.labels = {0, 0, 0, 1, 1, 0, 1};
    clips.train = {0, 1, 2, 3, 4};
    clips.test = {5, 6};

    const auto point = label_point(clips, {.count = 3}, 1);

    EXPECT_EQ(point.labels, 5);
    EXPECT_EQ(point.validation_labels, 0);
    EXPECT_EQ(point.fewer, 1);
    EXPECT_EQ(label_point(clips, {.fraction = 1}, 1).fewer, 0);
    clips.train = {0, 1, 3};
    clips.validation = {2, 4};
    const auto chosen_by = label_point(clips, {.count = 1}, 1);
    EXPECT_EQ(chosen_by.labels, 4) << "1 of each class to learn from, 1 to choose settings by";
    EXPECT_EQ(chosen_by.validation_labels, 2);
    const LabelCurve curve{{torch::tensor({0, 1}, torch::kInt64), {"a", "b"}, 100}, {chosen_by}};
    EXPECT_NE(curve.text().find("of them to choose settings by"), std::string::npos) << curve.text();
    EXPECT_EQ(curve.json()["points"][0]["validation_labels"], 2);
}

TEST(LabelCurve, FilesOfOtherPointsHaveOtherNames) {
    EvaluateOptions fields;
    fields.protocol.kind = ProtocolKind::label_curve;
    EXPECT_EQ(name_of(fields), "label-curve");

    fields.label_counts = {5, 1};
    EXPECT_EQ(name_of(fields), "label-curve-1-5-a-class-0.05-0.1-0.25-0.5-1");
    fields.label_shares = {0};
    EXPECT_EQ(name_of(fields), "label-curve-1-5-a-class");
    fields.label_counts = {0};
    fields.label_shares = {0.1};
    EXPECT_EQ(name_of(fields), "label-curve-0.1");
}

TEST(LabelCurve, ManyPointsStillMakeANameThatFilesCanHave) {
    EvaluateOptions fields;
    fields.protocol.kind = ProtocolKind::label_curve;
    fields.label_counts.resize(100);
    std::iota(fields.label_counts.begin(), fields.label_counts.end(), 1);
    const auto name = name_of(fields);
    fields.label_counts.back() = 200;

    EXPECT_LT(name.size(), 100U);
    EXPECT_NE(name, name_of(fields));
}

TEST(ResultTable, NamesTheEpochsThatWereTrainedAlsoWhereNothingWasLeftToChoose) {
    ResultTable table{{torch::tensor({0, 1, 0, 1}, torch::kInt64), {"a", "b"}, 100}};
    auto scores = right_on({true, true, true, true});
    scores.chosen_epochs = 20;

    table.add("simclr", "own classifier", scores, false);

    EXPECT_EQ(table.json()["rows"][0]["chosen"], (nlohmann::json{{"epochs", 20}}));
}

/// The error of complete() for a label curve with these options, or "" if it accepts them.
std::string refused(const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"--run", "r", "--protocol", "label-curve"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    EvaluateOptions fields;
    Options options{""};
    declare(options, fields);
    try {
        options.read(arguments);
        complete(fields);
    } catch (const ConfigError& error) {
        return io::as_options(error.what());
    }
    return "";
}

TEST(LabelCurve, PointsAreNumbersThenSharesAndZeroLeavesAKindOut) {
    EvaluateOptions fields;
    fields.label_counts = {5, 1, 5};
    fields.label_shares = {0};

    const auto points = points_of_curve(fields);

    ASSERT_EQ(points.size(), 2U);
    EXPECT_EQ(points[1].count, 5);
    EXPECT_EQ(text_of(points[0]), "1 clip per class");
    EXPECT_EQ(text_of(LabelAmount{.fraction = 0.05}), "5 %");
}

TEST(LabelCurve, RefusesWhatIsNoPoint) {
    EXPECT_EQ(refused({}), "");
    EXPECT_NE(refused({"--label-counts", "-1"}).find("--label-counts -1: expected"), std::string::npos);
    EXPECT_NE(refused({"--label-shares", "1.5"}).find("--label-shares 1.5: expected"), std::string::npos);
    EXPECT_NE(refused({"--label-counts", "0", "--label-shares", "0"}).find("must name a point"),
              std::string::npos);
    EXPECT_NE(
        refused({"--label-count", "3"}).find("--protocol label-curve takes its labels from --label-counts"),
        std::string::npos);
    EXPECT_NE(refused({"--supervised-epochs", "0", "10"}).find("--supervised-epochs 0 10: expected"),
              std::string::npos);
    EXPECT_NE(refused({"--supervised-learning-rate", "0"}).find("--supervised-learning-rate 0: expected"),
              std::string::npos);
    EXPECT_NE(refused({"--per-class"}).find("--per-class belongs to --protocol linear"), std::string::npos);
}

TEST(LabelCurve, ALineOfAFileThatBelongsToTablesIsPassedOver) {
    const auto path = testing::TempDir() + "per_class.ini";
    std::ofstream{path} << "per-class = true\n";

    EXPECT_EQ(refused({"--config", path}), "");
}

TEST(LabelCurve, ScratchTrainsBySettingsOfItsOwnBesideAFineTunedEncoder) {
    EvaluateOptions fields;
    fields.protocol.kind = ProtocolKind::label_curve;
    fields.protocol.epochs = {30, 100};
    fields.supervised_epochs = {7};

    EXPECT_EQ(supervised_control(fields).epochs, fields.supervised_epochs);
}

TEST(LabelCurve, WhatScratchCannotChooseIsRefusedByItsOwnOption) {
    EvaluateOptions fields;
    fields.protocol.kind = ProtocolKind::label_curve;
    fields.supervised_epochs = {1, 2};

    try {
        check_choice(supervised_control(fields), {});
        FAIL();
    } catch (const ConfigError& error) {
        EXPECT_EQ(io::as_options(error.what()).find("2 --supervised-epochs to choose from"), 0U)
            << error.what();
    }
}

}  // namespace
}  // namespace sslslr
