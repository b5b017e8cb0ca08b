#include "launch/evaluate_options.hpp"

#include "launch/data_set.hpp"

namespace sslslr {

void declare(Options& options, EvaluateOptions& o) {
    options.section("What is evaluated");
    options.add("run", o.run, "folder of the pretraining; results go to its evaluate/");
    options.add("protocol", o.protocol,
                "linear (probes on frozen features) or knn (cosine-weighted neighbours)");
    options.add("data", o.data, "clip stores: files or patterns (none: those of the run)");
    options.add("memory-limit", o.memory_limit, memory_limit_help);
    options.add("train-split", o.train_split,
                "split whose labels train the probes (empty: all clips that do not test)");
    options.add("test-split", o.test_split, "split to test on (empty: all clips of the signers left out)");
    options.add("leave-out-signer", o.left_out_signers,
                "signers whose labels train no probe (none: those that the run left out)");
    options.add("test-signer", o.test_signers, "those of them to test on (none: all)");

    options.section("How");
    options.add("neighbours", o.neighbours, "of knn");
    options.add("probe-seed", o.probe_seed, "fixes the probes' weights and order");
    options.add("bootstrap", o.bootstrap, "resamples of the test clips for the intervals");
    options.add("raw-neighbours", o.raw_neighbours, "of the control on raw skeletons");
    options.add("supervised-epochs", o.supervised_epochs, "of the supervised control (0: leaves it out)");
    options.add("supervised-learning-rate", o.supervised_learning_rate,
                "of its AdamW, falling along a cosine");
    options.add("supervised-augmentation", o.supervised_augmentation,
                "of its clips: boundary, classical, both or none");
    options.add("json", o.json, "prints the result as one JSON object instead of a table");
    options.add("threads", o.threads, "threads of each rank");
}

}  // namespace sslslr
