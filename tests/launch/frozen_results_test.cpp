// Frozen names of runs and studies: keys of JSON, files, and what the files hold.
#include <fstream>
#include <utility>

#include "tests/launch/frozen_program.hpp"
#include "tests/launch/hdf5_names.hpp"

namespace sslslr::test {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t checksum_characters = 17;  // in front of each record of a ledger

/// A study of two methods, evaluated on asl9 and on libras5.
std::string tiny_study(const std::string& augmentation) {
    return R"(title = Tiny
runs = 2
[pretrain]
blocks = 1
width = 8
heads = 2
frames = 16
global-batch = 90
max-steps = 2
[data asl9]
published = ASL Citizen
leave-out-signer = S03
data = )" + asl9 +
           R"(
[data libras5]
train-fraction = 0.2
data = )" + libras5 +
           R"(
[method simclr]
method = simclr
[method sl-fpn]
method = sl-fpn
[augmentation our]
augmentation = )" +
           augmentation + R"(
[protocol linear]
protocol = linear
probe-epochs = 1
)" + tables_of_study +
           R"([figure 2]
store = )" +
           asl9 + R"(
clips = 0
[figure 4]
search = none
[figure 7]
data = asl9
methods = sl-fpn
augmentation = our
[claim C1]
says = One is better
kind = better
tables = 1
better = simclr
worse = sl-fpn
)";
}

TEST_F(Frozen, RunsAndWhatIsMadeOfThem) {
    FrozenNames metrics;
    FrozenNames checkpoints;
    for (const std::string method : {"sl-fpn", "simclr", "moco-v2", "simsiam", "byol", "pcl", "supervised"}) {
        done("pretrain --data " + asl9 + " --leave-out-signer S03 --max-steps 2 --method " + method + tiny +
             (method == "pcl" ? "--clusters 4 --cluster-warmup-epochs 0 " : "") + "--run " + method);
        metrics.add_all(keys_of_lines(folder_ / method / "metrics.jsonl", 0), method);
        checkpoints.add_all(contents_of(folder_ / method / "checkpoints/step-000000002.h5"), method);
    }
    done("pretrain --data " + asl9 + " --leave-out-signer S03 --max-steps 2 --seed 1" + tiny +
         "--run seed-1");
    FrozenNames results;
    const std::string quick =
        " --bootstrap 10 --supervised-epochs 1 --fine-tune-epochs 1 --fine-tune-warmup-epochs 0 "
        "--probe-epochs 1 --run sl-fpn ";
    for (const std::string protocol :
         {"linear", "transfer", "knn", "semi-supervised", "fine-tune", "supervised", "raw", "measures"}) {
        const auto more = protocol == "transfer" ? " --train-fraction 0.2 --data " + libras5
                          : protocol == "linear" ? " --probe-rates 0.001 0.01 --validation-signer S02"
                                                 : "";
        const auto printed = keys_of(json("evaluate --protocol " + protocol + quick + more));
        results.add_all(printed, protocol);
        EXPECT_EQ(printed, keys_of(json_in(folder_ / "sl-fpn/evaluate" / (protocol + ".json")))) << protocol;
    }
    results.add_all(keys_of(json("evaluate --protocol knn" + quick + "seed-1")), "knn-2-runs");

    const auto embedded = list("embed --json", keys_of(json("embed --run sl-fpn --output features.h5")));
    const auto exported =
        list("export --json", keys_of(json("export --run sl-fpn --sample 2 --output export")));
    expect_frozen(
        "runs",
        list("files of a run", files_in(folder_ / "sl-fpn")) + metrics.text("RUN/metrics.jsonl") +
            checkpoints.text("what is in RUN/checkpoints/step-*.h5") +
            list("what is in RUN/training_clips.h5", contents_of(folder_ / "sl-fpn/training_clips.h5")) +
            results.text("evaluate --json and RUN/evaluate/PROTOCOL.json") + embedded +
            list("what embed writes", contents_of(folder_ / "features.h5")) + exported +
            list("files of an export", files_in(folder_ / "export")) +
            list("EXPORT/config.json", keys_of(json_in(folder_ / "export/config.json"))) +
            list("what is in EXPORT/encoder.h5", contents_of(folder_ / "export/encoder.h5")) +
            list("what is in EXPORT/sample.h5", contents_of(folder_ / "export/sample.h5")) +
            list("inspect CHECKPOINT --json",
                 keys_of(json("inspect sl-fpn/checkpoints/step-000000002.h5"), {"[].tensors"})) +
            keys_of_each({{"pretrain --dry-run --json", "pretrain --dry-run --data " + asl9 + tiny},
                          {"bench --json",
                           "bench --max-steps 2 --blocks 1 --width 8 --heads 2 --frames 16 "
                           "--global-batch 8"},
                          {"doctor --json", "doctor"}}));
}

TEST_F(Frozen, BoundaryStudies) {
    const auto planned = json("boundary plan --study s --data " + asl9 +
                              " --leave-out-signer S03 --step 8 --repeats 2 --max-steps 2" + tiny);
    const auto open = json("boundary status --study s");
    done("boundary work --study s");
    const auto finished = json("boundary status --study s");
    const auto report = json("boundary report --study s");
    fs::create_directory(folder_ / "dead");
    fs::copy(folder_ / "s/plan.json", folder_ / "dead/plan.json");
    std::ifstream claims{folder_ / "s/claims.jsonl"};
    std::string first;
    std::getline(claims, first);  // the start of a worker
    std::ofstream{folder_ / "dead/claims.jsonl"} << first << '\n';
    const auto dead = json("boundary status --study dead");
    FrozenNames status;
    status.add_all(keys_of(open), "planned");
    status.add_all(keys_of(finished), "finished");
    status.add_all(keys_of(dead), "with a dead worker");

    expect_frozen(
        "boundary",
        list("files of a study", files_in(folder_ / "s")) + list("boundary plan --json", keys_of(planned)) +
            list("STUDY/plan.json", keys_of(json_in(folder_ / "s/plan.json"))) +
            status.text("boundary status --json") +
            list("boundary report --json and STUDY/report/report.json", keys_of(report)) +
            list("STUDY/claims.jsonl", keys_of_lines(folder_ / "s/claims.jsonl", checksum_characters)) +
            list("STUDY/journals/worker-*.jsonl",
                 keys_of_lines(folder_ / "s/journals/worker-00001.jsonl", checksum_characters)));
    EXPECT_EQ(keys_of(report), keys_of(json_in(folder_ / "s/report/report.json")));
}

TEST_F(Frozen, Studies) {
    std::ofstream{folder_ / "tiny.ini"} << tiny_study("boundary");
    done("study run --study tiny.ini --folder s");
    const auto status = json("study status --study tiny.ini --folder s");
    const auto report = json("study report --study tiny.ini --folder s");
    std::ofstream{folder_ / "failing.ini"} << tiny_study("boundary\nrotation-degrees = 999");
    EXPECT_EQ(
        run(program(1, "study run --study " + path("failing.ini") + " --folder " + path("f"))).exit_code, 5);
    const auto failing = json("study status --study failing.ini --folder f");
    const auto of_failing = json("study report --study failing.ini --folder f");
    FrozenNames statuses;
    statuses.add_all(keys_of(status), "finished");
    statuses.add_all(keys_of(failing), "failing");
    FrozenNames reports;
    reports.add_all(keys_of(report), "finished");
    reports.add_all(keys_of(of_failing), "failing");

    expect_frozen(
        "study",
        list("files of a study", files_in(folder_ / "s")) +
            list("STUDY/plan.json", keys_of(json_in(folder_ / "s/plan.json"))) +
            statuses.text("study status --json") +
            reports.text("study report --json and STUDY/report/report.json") +
            list("STUDY/claims.jsonl", keys_of_lines(folder_ / "s/claims.jsonl", checksum_characters)) +
            list("STUDY/journals/worker-*.jsonl",
                 keys_of_lines(folder_ / "s/journals/worker-00001.jsonl", checksum_characters)));
    EXPECT_EQ(keys_of(report), keys_of(json_in(folder_ / "s/report/report.json")));
}

}  // namespace
}  // namespace sslslr::test
